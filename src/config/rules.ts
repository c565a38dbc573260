import { type CacheSettings, isCaching } from '../cache/settings.ts';
import { type CredentialsSettings, FILE_VARIABLE } from '../credentials/settings.ts';
import type { IdentitySettings } from '../identity/settings.ts';
import { isLoopback } from '../lib/env-types.ts';
import { keysText } from '../providers/keys-text.ts';
import type { Provider } from '../providers/provider.ts';
import { type RedisSettings, SECRET_EXPECTED } from '../redis/settings.ts';
import type { ServerSettings } from '../server/settings.ts';
import type { UpstreamSettings } from '../upstream/settings.ts';

/** Settings that were read one by one. Those that are invalid themselves are undefined. */
export interface Settings {
  readonly own:
    | {
        readonly HOST: string;
        readonly CREDENTIALS: 'server' | 'request' | 'caller';
        readonly VIEWER: 'key' | 'caller';
      }
    | undefined;
  readonly server: ServerSettings | undefined;
  readonly identity: IdentitySettings | undefined;
  readonly upstream: UpstreamSettings | undefined;
  readonly cache: CacheSettings | undefined;
  readonly redis: RedisSettings | undefined;
  readonly callers: CredentialsSettings | undefined;
  /** Which of the variables are set. */
  readonly set: ReadonlySet<string>;
  readonly isSandboxForced: boolean;
  /** Is the sandbox needed, for lack of credentials, in production? */
  readonly lacksCredentials: boolean;
  /** May anyone who reaches the server use its keys? */
  readonly isOpen: boolean;
}

type Rule = readonly [isBroken: boolean, text: string];

/** What is wrong with settings that are valid each for itself. */
export function brokenRules(settings: Settings, providers: readonly Provider[]): readonly string[] {
  const { own, isSandboxForced, lacksCredentials, isOpen } = settings;
  const credentials = own?.CREDENTIALS;
  const rules: readonly Rule[] = [
    [
      isSandboxForced && credentials === 'caller',
      'SANDBOX must not be 1 with CREDENTIALS=caller: the sandbox takes no stored keys.',
    ],
    [
      lacksCredentials && !isSandboxForced,
      `No credentials: set ${keysText(providers)}, or CREDENTIALS=request, or SANDBOX=1.`,
    ],
    ...(own?.VIEWER === 'caller' ? viewerRules(settings) : []),
    ...(credentials === 'caller' ? callerRules(settings) : []),
    ...(credentials === 'server' || credentials === 'request' ? serverRules(settings) : []),
    ...redisRules(settings),
    [
      settings.cache !== undefined &&
        isCaching(settings.cache) &&
        settings.upstream?.parseCacheMegabytes === 0 &&
        !settings.set.has('REDIS_URL'),
      'DOCUMENT_MEMORY_MB must not be 0 while one of CACHE_TTL_SECONDS, CACHE_STALE_SECONDS and CACHE_STALE_IF_ERROR_SECONDS is set, unless REDIS_URL is.',
    ],
    [
      isOpen && !isLoopback(own?.HOST ?? ''),
      'HOST exposes this server beyond this machine, and anyone who reaches it could use its keys. Set CLIENT_TOKENS, or JWT_ISSUER with JWT_AUDIENCE, or CREDENTIALS=request, or HOST=127.0.0.1.',
    ],
  ];
  return rules.flatMap(([isBroken, text]) => (isBroken ? text : []));
}

/** For VIEWER=caller. */
function viewerRules({ own, server, identity }: Settings): readonly Rule[] {
  return [
    [
      lacksIssuer(identity),
      'JWT_ISSUER must be set, with JWT_AUDIENCE, while VIEWER is caller: the caller is the person in the token.',
    ],
    [
      own?.CREDENTIALS !== 'server',
      'CREDENTIALS must be server while VIEWER is caller: people are looked up with the server’s keys.',
    ],
    [
      hasTokens(server),
      'CLIENT_TOKENS must not be set while VIEWER is caller: such a token names no person.',
    ],
  ];
}

/** For CREDENTIALS=caller. */
function callerRules({ own, server, identity, callers, set }: Settings): readonly Rule[] {
  const hasFile = set.has(FILE_VARIABLE);
  const hasUrl = set.has('CREDENTIALS_URL');
  return [
    [
      lacksIssuer(identity),
      'JWT_ISSUER must be set, with JWT_AUDIENCE, while CREDENTIALS is caller: the caller is the person in the token.',
    ],
    [
      identity?.jwt !== undefined && identity.jwt.claims.subject === identity.jwt.claims.email,
      'JWT_SUBJECT_CLAIM must not be JWT_EMAIL_CLAIM while CREDENTIALS is caller: callers may be able to choose an address that is not theirs.',
    ],
    [
      // VIEWER=caller says the same of them.
      hasTokens(server) && own?.VIEWER !== 'caller',
      'CLIENT_TOKENS must not be set while CREDENTIALS is caller: such a token names no person.',
    ],
    [
      !hasFile && !hasUrl,
      'CREDENTIALS_FILE or CREDENTIALS_URL must be set while CREDENTIALS is caller: callers’ keys come from there.',
    ],
    [hasFile && hasUrl, 'CREDENTIALS_FILE must not be set together with CREDENTIALS_URL.'],
    [
      !hasUrl && callers !== undefined && set.has('CREDENTIALS_URL_TOKEN'),
      'CREDENTIALS_URL must be set too if CREDENTIALS_URL_TOKEN is set.',
    ],
  ];
}

/** For keys that are not the callers' own, where these variables would do nothing. */
function serverRules({ set }: Settings): readonly Rule[] {
  return [FILE_VARIABLE, 'CREDENTIALS_URL'].map((name) => [
    set.has(name),
    `CREDENTIALS must be caller while ${name} is set.`,
  ]);
}

function redisRules({ redis, set }: Settings): readonly Rule[] {
  const hasUrl = set.has('REDIS_URL');
  const hasSecret = set.has('CACHE_SECRET');
  return [
    [
      redis !== undefined && hasUrl && !hasSecret,
      `CACHE_SECRET must be set with REDIS_URL: ${SECRET_EXPECTED}, the same for all copies of Rolecall. It encrypts what Redis holds.`,
    ],
    [hasSecret && !hasUrl, 'REDIS_URL must be set too if CACHE_SECRET is set.'],
  ];
}

function lacksIssuer(identity: IdentitySettings | undefined): boolean {
  return identity !== undefined && identity.jwt === undefined;
}

function hasTokens(server: ServerSettings | undefined): boolean {
  return (server?.clientTokens.value ?? []).length > 0;
}
