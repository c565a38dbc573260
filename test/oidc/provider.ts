import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const AUDIENCE = 'https://rolecall.example';
const CLIENT = { id: 'front-end', secret: 'fictional-client-secret' };
const EMAIL = 'person@rolecall.example';

const GENERATORS: Readonly<Record<string, () => ReturnType<typeof generateKeyPairSync>>> = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) as never,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) as never,
  EdDSA: () => generateKeyPairSync('ed25519') as never,
};

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
}

/** @param alg RS256, PS256, ES256 or EdDSA */
export function createKey(kid: string, alg = 'ES256'): SigningKey {
  const { privateKey } = (GENERATORS[alg.replace('PS', 'RS')] as any)();
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/** A real OpenID Connect provider on loopback. It publishes all these keys and signs with the first. */
export async function startProvider(...keys: SigningKey[]) {
  let respond: RequestListener = (_, response) => response.writeHead(503).end();
  let keyFetches = 0;
  const server = createServer((request, response) => {
    if (request.url === '/jwks') keyFetches += 1;
    respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function publish(...[first, ...others]: SigningKey[]): void {
    respond = createProvider(issuer, first as SigningKey, others).callback();
  }
  publish(...keys);

  return {
    environment: { JWT_ISSUER: issuer, JWT_AUDIENCE: AUDIENCE },
    /** From now on, publishes only these keys and signs with the first. */
    publish,
    keyFetches: () => keyFetches,
    /** The token that the provider issues to the client for an API. Without an API, it is not a JWT. */
    async token(resource: string | undefined = AUDIENCE): Promise<string> {
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      if (resource) body.set('resource', resource);
      const credentials = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64');
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}` },
        body,
      });
      const { access_token } = (await response.json()) as any;
      if (typeof access_token !== 'string') throw new Error(`no token: HTTP ${response.status}`);
      return access_token;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createProvider(
  issuer: string,
  first: SigningKey,
  others: readonly SigningKey[],
): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        // ID tokens need an RSA key by default.
        id_token_signed_response_alg: first.alg as 'ES256',
      },
    ],
    jwks: { keys: [first, ...others] as never },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    extraTokenClaims: () => ({ email: EMAIL, email_verified: true }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined as never,
        getResourceServerInfo: (_, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt' as const,
          jwt: { sign: { alg: first.alg as 'ES256', kid: first.kid } },
        }),
      },
    },
  });
}
