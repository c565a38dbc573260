import { isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config/index.ts';
import { GRAPHQL_PATH } from '../server/index.ts';

const SANDBOX = [
  'SANDBOX: the people and permissions served here are invented.',
  'Set DD_API_KEY and DD_APP_KEY, or HEYGEN_API_KEY, for real ones.',
];

/** Says that the server listens, where, and for whom: for people on a terminal, in the log elsewhere. */
export function announce(config: Config, port: number, logger: Logger): void {
  const host = isIPv6(config.host) ? `[${config.host}]` : config.host;
  const page = config.server.graphiql ? ' (open it in a browser for GraphiQL)' : '';
  const serves = `Rolecall serves http://${host}:${port}${GRAPHQL_PATH}${page}`;
  const providers = `Providers: ${providersText(config)}`;

  if (process.stdout.isTTY) {
    const frame = '*'.repeat(72);
    if (config.sandbox) console.log(['', frame, ...SANDBOX, frame, ''].join('\n'));
    console.log(`${serves}\n${providers}`);
  } else {
    if (config.sandbox) logger.warn(SANDBOX.join(' '));
    logger.info(serves);
    logger.info(providers);
  }
}

function providersText({ credentials, sandbox, providers }: Config): string {
  if (credentials === 'request') {
    const titles = providers.map(({ provider }) => provider.title);
    return `${titles.join(', ')}, with the credentials that each request brings in its headers`;
  }
  const connected = providers.filter(({ settings }) => settings.credentials !== undefined);
  const titles = connected.map(({ provider }) => provider.title).join(', ');
  return sandbox ? `${titles} (sandbox)` : titles;
}
