import { isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config/index.ts';
import { version } from '../lib/version.ts';
import { keysText } from '../providers/keys-text.ts';
import { GRAPHQL_PATH } from '../server/index.ts';

const INVENTED = 'SANDBOX: the people and permissions served here are fictional.';
const FORCED = {
  server: 'SANDBOX=1 is set, so keys are ignored: unset it to call the vendors.',
  request: 'SANDBOX=1 is set, so only the sandbox’s own keys work: unset it to call the vendors.',
};

/** Shorter tokens can be guessed from many addresses despite RATE_LIMIT. */
const MIN_TOKEN_LENGTH = 16;

/** Wildcard addresses, with an address that every browser can open. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };

/** Whose credentials the providers are called with, unless it is the server's. */
const CREDENTIALS_TEXTS = {
  server: '',
  request: ', with the credentials in each request’s headers',
  caller: ', with the stored credentials of the person in the token',
};

const OWNER_TEXTS = {
  server: 'the owner of the server’s credentials, to every caller',
  request: 'the owner of the credentials in each request',
  caller: 'the owner of the stored credentials of the person in the token',
};

/** Announces where the server listens and for whom: as text on a terminal, otherwise in the log. */
export function announce(config: Config, port: number, logger: Logger): void {
  const sandbox = [INVENTED, sandboxText(config)];
  const lines = [servesText(config, port), ...describeConfig(config)];

  if (process.stdout.isTTY) {
    const frame = '*'.repeat(72);
    if (config.sandbox) console.log(['', frame, ...sandbox, frame, ''].join('\n'));
    console.log(lines.join('\n'));
  } else {
    if (config.sandbox) logger.warn(sandbox.join(' '));
    for (const line of lines) logger.info(line);
  }
  for (const warning of shortTokens(config)) logger.warn(warning);
}

/** What is connected, for whom, as lines. */
export function describeConfig(config: Config): readonly string[] {
  return [
    `Providers: ${providersText(config)}`,
    `Lets in: ${callersText(config)}`,
    `Shows: ${viewerText(config)}`,
  ];
}

/** A warning of tokens that can be guessed, or none. */
export function shortTokens({ server }: Config): readonly string[] {
  const isShort = server.clientTokens.value.some(
    (token) => token.reveal().length < MIN_TOKEN_LENGTH,
  );
  if (!isShort) return [];
  return [
    `One of CLIENT_TOKENS is shorter than ${MIN_TOKEN_LENGTH} characters and can be guessed: replace it, for example with the output of \`openssl rand -hex 32\`.`,
  ];
}

function sandboxText({ isSandboxForced, credentials, providers }: Config): string {
  if (isSandboxForced) return credentials === 'request' ? FORCED.request : FORCED.server;
  return `Set ${keysText(providers.map(({ provider }) => provider))}, for real data.`;
}

function servesText({ host: listensOn, server }: Config, port: number): string {
  const host = URL.parse(`http://${isIPv6(listensOn) ? `[${listensOn}]` : listensOn}`)?.hostname;
  const wildcard = WILDCARDS[host ?? ''];
  const facts = [
    `version ${version}`,
    ...(wildcard === undefined ? [] : ['on every address of this machine']),
    ...(server.graphiql ? ['open it in a browser for GraphiQL'] : []),
  ];
  const url = `http://${wildcard ?? host ?? listensOn}:${port}${GRAPHQL_PATH}`;
  return `Rolecall serves ${url} (${facts.join('; ')})`;
}

function providersText({ credentials, viewer, sandbox, providers }: Config): string {
  const usable = providers.filter(({ provider }) => viewer === 'key' || provider.findsPeople);
  if (sandbox) return `${usable.map(({ provider }) => provider.title).join(', ')} (sandbox)`;
  const asked = usable
    .filter(({ settings }) => credentials !== 'server' || settings.value.credentials !== undefined)
    .map(
      ({ provider, settings }) =>
        `${provider.title} at ${provider.baseUrlText(settings.value, credentials)}`,
    )
    .join(', ');
  return `${asked}${CREDENTIALS_TEXTS[credentials]}`;
}

function viewerText({ credentials, viewer }: Config): string {
  return viewer === 'caller' ? 'each caller, as the person in the token' : OWNER_TEXTS[credentials];
}

function callersText({ isOpen, credentials, identity, server }: Config): string {
  const { corsOrigins } = server;
  const clientTokens = server.clientTokens.value;
  const pages = corsOrigins.length > 0 ? `, and pages of ${corsOrigins.join(', ')}` : '';
  const tokens = [
    ...(clientTokens.length > 0 ? [`one of CLIENT_TOKENS (${clientTokens.length})`] : []),
    ...(identity.jwt === undefined ? [] : [`a JWT of ${identity.jwt.issuer}`]),
  ];
  if (tokens.length > 0) return `callers with ${tokens.join(' or ')}${pages}`;
  if (isOpen) return `requests to localhost or a loopback address${pages}`;
  if (credentials === 'request') return `everyone with vendor credentials${pages}`;
  return `everyone${pages}`;
}
