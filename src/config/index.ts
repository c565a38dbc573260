import type { z } from 'zod';
import { cacheSettings } from '../cache/settings.ts';
import { credentialsSettings } from '../credentials/settings.ts';
import { identitySettings } from '../identity/settings.ts';
import type { Secret } from '../lib/secret.ts';
import { entryPartsOf } from '../providers/credential-source.ts';
import type { Provider } from '../providers/provider.ts';
import { deriveSecret } from '../redis/derive.ts';
import { type RedisSettings, redisSettings } from '../redis/settings.ts';
import type { ServerConfig } from '../server/index.ts';
import { serverSettings } from '../server/settings.ts';
import { upstreamSettings } from '../upstream/settings.ts';
import {
  exposureTexts,
  type FileValues,
  fileVariable,
  groupsOf,
  problemTexts,
  withFileValues,
} from './file-variables.ts';
import { brokenRules } from './rules.ts';
import { checkNames } from './variable-names.ts';
import { ownSettings } from './variables.ts';

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
        'Correct it in the environment or in the file .env. Start Rolecall with --help to list every variable.',
      ].join('\n'),
    );
    this.problems = problems;
  }
}

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
    providers,
    groupsOf(providers).flatMap(({ names }) => names.map(fileVariable)),
  );
  const set = withFileValues(named.set, files);
  const warnings = [...named.warnings, ...exposureTexts(files)];
  const problems = [...files.keys()]
    .filter((name) => name in named.set && fileVariable(name) !== name)
    .map((name) => `${fileVariable(name)} must not be set together with ${name}.`);
  const parse = <T>(schema: z.ZodType<T>, from: Environment): T | undefined => {
    const result = schema.safeParse(from);
    if (result.success) return result.data;
    problems.push(...problemTexts(result.error.issues, files));
    return undefined;
  };
  const own = parse(ownSettings, set);
  const server = parse(serverSettings, set);
  const identity = parse(identitySettings, set);
  const upstream = parse(upstreamSettings, set);
  const cache = parse(cacheSettings, set);
  const redis = parse(redisSettings, set);
  const forced = set['SANDBOX'] === '1';

  const configured = providers.flatMap((provider) => {
    const settings = parse(provider.settings, forced ? without(set, provider) : set);
    return settings === undefined ? [] : { provider, settings: { value: settings } };
  });

  // Invalid keys are reported as invalid, not as missing.
  const isRead = configured.length === providers.length;
  const callers = isRead ? parse(credentialsSettings(entryPartsOf(configured)), set) : undefined;
  const hasCredentials = configured.some(
    ({ settings }) => settings.value.credentials !== undefined,
  );
  const needsSandbox = (set['CREDENTIALS'] ?? 'server') === 'server' && !hasCredentials;
  const isOpen =
    own?.CREDENTIALS === 'server' &&
    hasCredentials &&
    server?.clientTokens.value.length === 0 &&
    identity !== undefined &&
    identity.jwt === undefined;
  const read = {
    own,
    server,
    identity,
    upstream,
    cache,
    redis,
    callers,
    set: new Set(Object.keys(set)),
    isSandboxForced: forced,
    lacksCredentials: isRead && needsSandbox && set['NODE_ENV'] === 'production',
    isOpen,
  };
  problems.push(...brokenRules(read, providers));
  if (
    !own ||
    !server ||
    !identity ||
    !upstream ||
    !cache ||
    !redis ||
    !callers ||
    problems.length > 0
  )
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
    identity: { ...identity, logSecret: identity.logSecret ?? sharedLogSecret(redis) },
    upstream,
    cache,
    redis,
    callerCredentials: callers,
    providers: configured,
  };
}

/** Gives callers the same hashes in the logs of all copies that share a Redis. */
function sharedLogSecret({ secrets }: RedisSettings): Secret | undefined {
  const [first] = secrets.value;
  return first && deriveSecret(first, 'callers');
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
