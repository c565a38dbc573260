import { z } from 'zod';
import { type IdentitySettings, identitySettings } from '../identity/settings.ts';
import { isLoopback, oneOf, wholeNumber } from '../lib/env-types.ts';
import { keysText } from '../providers/keys-text.ts';
import type { Provider } from '../providers/provider.ts';
import type { ServerConfig } from '../server/index.ts';
import { type ServerSettings, serverSettings } from '../server/settings.ts';
import { upstreamSettings } from '../upstream/settings.ts';
import {
  exposureTexts,
  type FileValues,
  fileVariable,
  groupsOf,
  problemText,
  withFileValues,
} from './file-variables.ts';
import { checkNames } from './variable-names.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config extends ServerConfig {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** Sentences about former and misspelt names of variables. */
  readonly warnings: readonly string[];
  /** Is the sandbox used because of SANDBOX=1, whatever keys are set? */
  readonly isSandboxForced: boolean;
}

/** All problems of the environment, one per line, without any values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], warnings: readonly string[] = []) {
    super(
      [
        `Rolecall cannot start: ${problems.length === 1 ? 'a setting is' : `${problems.length} settings are`} wrong.`,
        ...problems.map((problem) => `  - ${problem}`),
        ...warnings,
        'Correct it in the environment or in the file .env. The file .env.example lists every variable.',
      ].join('\n'),
    );
    this.problems = problems;
  }
}

const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  CREDENTIALS: oneOf(['server', 'request']).default('server'),
  VIEWER: oneOf(['key', 'caller']).default('key'),
  SANDBOX: oneOf(['0', '1']).default('0'),
});

/**
 * @param environment empty values count as unset
 * @param files what is in the files that it names
 * @throws {ConfigError} naming every problem at once
 */
export function readConfig(
  environment: Environment,
  providers: readonly Provider[],
  files: FileValues = new Map(),
): Config {
  const named = checkNames(
    Object.fromEntries(Object.entries(environment).filter(isSet)),
    [variables, serverSettings, identitySettings, upstreamSettings],
    providers,
    groupsOf(providers).flat().map(fileVariable),
  );
  const set = withFileValues(named.set, files);
  const warnings = [...named.warnings, ...exposureTexts(files)];
  const problems = [...files.keys()]
    .filter((name) => name in named.set)
    .map((name) => `${fileVariable(name)} must not be set together with ${name}.`);
  const parse = <T>(schema: z.ZodType<T>, from: Environment): T | undefined => {
    const result = schema.safeParse(from);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) {
      problems.push(problemText(path.join('.'), message, files));
    }
    return undefined;
  };
  const own = parse(variables, set);
  const server = parse(serverSettings, set);
  const identity = parse(identitySettings, set);
  const upstream = parse(upstreamSettings, set);
  const forced = set['SANDBOX'] === '1';

  const configured = providers.flatMap((provider) => {
    const settings = parse(provider.settings, forced ? without(set, provider) : set);
    return settings === undefined ? [] : { provider, settings: { value: settings } };
  });

  if (forced && own?.CREDENTIALS === 'request') {
    problems.push('SANDBOX must not be 1 with CREDENTIALS=request: the sandbox takes no keys.');
  }
  const hasCredentials = configured.some(
    ({ settings }) => settings.value.credentials !== undefined,
  );
  // Invalid keys are reported as invalid, not as missing.
  const isRead = configured.length === providers.length;
  const needsSandbox = set['CREDENTIALS'] !== 'request' && !hasCredentials;
  if (isRead && needsSandbox && !forced && set['NODE_ENV'] === 'production') {
    problems.push(
      `No credentials: set ${keysText(providers)}, or CREDENTIALS=request, or SANDBOX=1.`,
    );
  }
  if (own?.VIEWER === 'caller') problems.push(...viewerProblems(own.CREDENTIALS, server, identity));
  const isOpen =
    own?.CREDENTIALS === 'server' &&
    hasCredentials &&
    server?.clientTokens.value.length === 0 &&
    identity !== undefined &&
    identity.jwt === undefined;
  if (isOpen && !isLoopback(own.HOST)) {
    problems.push(
      'HOST exposes this server beyond this machine, and anyone who reaches it could use its keys. Set CLIENT_TOKENS, or JWT_ISSUER with JWT_AUDIENCE, or CREDENTIALS=request, or HOST=127.0.0.1.',
    );
  }
  if (!own || !server || !identity || !upstream || problems.length > 0)
    throw new ConfigError(problems, warnings);

  return {
    // URLs write IPv6 addresses in brackets, which Node does not accept.
    host: own.HOST.replace(/^\[(.*)\]$/, '$1'),
    port: own.PORT,
    credentials: own.CREDENTIALS,
    viewer: own.VIEWER,
    sandbox: forced || needsSandbox,
    isSandboxForced: forced,
    warnings,
    isOpen,
    server,
    identity,
    upstream,
    providers: configured,
  };
}

/** What keeps VIEWER=caller from working. Settings that are invalid themselves are undefined. */
function viewerProblems(
  credentials: Config['credentials'],
  server: ServerSettings | undefined,
  identity: IdentitySettings | undefined,
): readonly string[] {
  const problems: readonly (readonly [boolean, string])[] = [
    [
      identity !== undefined && identity.jwt === undefined,
      'JWT_ISSUER must be set, with JWT_AUDIENCE, while VIEWER is caller: the caller is the person in the token.',
    ],
    [
      credentials === 'request',
      'CREDENTIALS must be server while VIEWER is caller: people are looked up with the server’s keys.',
    ],
    [
      (server?.clientTokens.value ?? []).length > 0,
      'CLIENT_TOKENS must not be set while VIEWER is caller: such a token names no person.',
    ],
  ];
  return problems.flatMap(([isProblem, text]) => (isProblem ? text : []));
}

function isSet(variable: [string, string | undefined]): variable is [string, string] {
  return variable[1] !== undefined && variable[1].trim() !== '';
}

/** The environment without the variables that the sandbox replaces. */
function without(set: Environment, { sandbox }: Provider): Environment {
  return Object.fromEntries(
    Object.entries(set).filter(([name]) => !sandbox.variables.includes(name)),
  );
}
