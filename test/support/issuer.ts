import { generateKeyPairSync, type KeyObject, randomUUID, sign as signBytes } from 'node:crypto';
import { json, type Script, startUpstream } from './upstream.ts';

export const AUDIENCE = 'https://rolecall.example';
const DISCOVERY = '/.well-known/openid-configuration';
const KEYS = '/keys';

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key as the issuer publishes it. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

const GENERATORS: Readonly<Record<string, () => { privateKey: KeyObject; publicKey: KeyObject }>> =
  {
    RS: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    Ed: () => generateKeyPairSync('ed25519'),
  };

/** @param alg RS256, PS256, ES256 or EdDSA */
export function createKey(alg = 'ES256', kid: string = randomUUID()): SigningKey {
  const { privateKey, publicKey } = (GENERATORS[alg.replace('PS', 'RS').slice(0, 2)] as any)();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { alg, kid, privateKey, publicKey, jwk };
}

/** Signs this text with Node's crypto, because jose is what the tests verify it with. */
export function signText(text: string, { alg, privateKey }: SigningKey): string {
  const options = {
    RS: { key: privateKey },
    PS: { key: privateKey, padding: 6, saltLength: 32 },
    ES: { key: privateKey, dsaEncoding: 'ieee-p1363' as const },
    Ed: { key: privateKey },
  }[alg.slice(0, 2)];
  if (options === undefined) throw new Error(alg);
  return signBytes(alg === 'EdDSA' ? null : 'sha256', Buffer.from(text), options).toString(
    'base64url',
  );
}

/** @param header like `payload`, the text of this part, or a value to write as JSON */
export function createToken(header: unknown, payload: unknown, key: SigningKey): string {
  const text = [header, payload]
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  return `${text}.${signText(text, key)}`;
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** An issuer on loopback. It publishes its keys unless its script does something else. */
export async function startIssuer(...keys: SigningKey[]) {
  const state = {
    keys: keys.length > 0 ? keys : [createKey()],
    discovery: {} as Record<string, unknown>,
    script: undefined as Script | undefined,
  };
  const waiting: (() => void)[] = [];
  const server = await startUpstream((response, seen, call) => {
    const good = seen.path === DISCOVERY ? discovery() : { keys: state.keys.map(({ jwk }) => jwk) };
    (state.script ?? json(good))(response, seen, call);
    for (const resolve of waiting.splice(0)) resolve();
  });
  const url = server.url.replace(/\/$/, '');
  const discovery = () => ({ issuer: url, jwks_uri: `${url}${KEYS}`, ...state.discovery });

  return {
    ...server,
    /** The value of `iss`. */
    url,
    /** Change this to change what the issuer does. */
    state,
    /** How many requests for its keys, or for another path, it received. */
    count: (path: string = KEYS) => server.seen.filter((seen) => seen.path === path).length,
    /** Resolves at its next request. */
    nextRequest: () => new Promise<void>((resolve) => waiting.push(resolve)),
    environment: { JWT_ISSUER: url, JWT_AUDIENCE: AUDIENCE },
    claims: (claims: object = {}) => ({
      iss: url,
      aud: AUDIENCE,
      sub: 'someone',
      exp: nowSeconds() + 600,
      ...claims,
    }),
    /** A valid token, except for these claims and header members. */
    sign(claims: object = {}, header: object = {}, key = state.keys[0] as SigningKey): string {
      return createToken({ alg: key.alg, kid: key.kid, ...header }, this.claims(claims), key);
    },
  };
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;
