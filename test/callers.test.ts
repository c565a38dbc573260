import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../src/config/index.ts';
import { readConfig } from './support/config.ts';
import { createGateway, type Gateway } from './support/gateway.ts';

const URL = 'http://rolecall.example/graphql';
const JSON_HEADERS = { 'content-type': 'application/json' };
const BODY = JSON.stringify({ query: '{ viewer { providers } }' });

function post(gateway: Gateway, headers: Record<string, string> = {}, body = BODY) {
  return gateway.fetch(URL, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body });
}

async function codeOf(response: Response) {
  return ((await response.json()) as any).errors?.[0]?.extensions?.code;
}

describe('authentication', () => {
  const gateway = createGateway({ CLIENT_TOKENS: 'token-of-a, token-of-b' });

  test('lets in who brings one of the tokens', async () => {
    for (const token of ['token-of-a', 'token-of-b']) {
      assert.equal((await post(gateway, { authorization: `Bearer ${token}` })).status, 200);
    }
    assert.equal((await post(gateway, { authorization: 'bearer token-of-a' })).status, 200);
  });

  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer token-of-c',
    'Bearer token-of-',
    'token-of-a',
    'Basic token-of-a',
    'Bearer token-of-a token-of-a',
  ]) {
    test(`answers 401 to ${JSON.stringify(authorization)}`, async () => {
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        const response = await post(gateway, {
          accept,
          ...(authorization !== undefined && { authorization }),
        });
        assert.equal(response.status, 401);
        assert.equal(response.headers.get('www-authenticate'), 'Bearer');
        assert.equal(await codeOf(response), 'UNAUTHENTICATED');
      }
    });
  }

  test('happens before anything is parsed', async () => {
    assert.equal((await post(gateway, {}, '{ not json')).status, 401);
    assert.equal((await post(gateway, {}, 'x'.repeat(200_000))).status, 401);
    assert.equal((await gateway.fetch(`${URL}?query={`, { headers: JSON_HEADERS })).status, 401);
  });

  test('leaves the page that asks for a token, /health and /ready open', async () => {
    assert.equal((await gateway.fetch(URL, { headers: { accept: 'text/html' } })).status, 200);
    for (const path of ['/health', '/ready']) {
      assert.equal((await gateway.fetch(`http://rolecall.example${path}`)).status, 200);
    }
  });

  test('is asked for where others can reach keys of the server', () => {
    const exposed = { HOST: '0.0.0.0', HEYGEN_API_KEY: 'k' };
    assert.throws(
      () => readConfig(exposed),
      (error: Error) =>
        error instanceof ConfigError &&
        /Set CLIENT_TOKENS, or JWT_ISSUER with JWT_AUDIENCE, or CREDENTIALS=request/.test(
          error.message,
        ),
    );
    readConfig({ ...exposed, CLIENT_TOKENS: 'a' });
    readConfig({ ...exposed, CREDENTIALS: 'request' });
    readConfig({ ...exposed, SANDBOX: '1' });
    for (const HOST of ['localhost', '::1', '127.0.0.9']) readConfig({ ...exposed, HOST });
  });
});

describe('DNS rebinding', () => {
  const keys = { HEYGEN_API_KEY: 'fictional-heygen-key' };
  const QUERY = JSON.stringify({ query: '{ __typename }' });

  test('reaches no server with keys that asks nobody for a token', async () => {
    const gateway = createGateway(keys);
    for (const host of [
      'evil.example:4000',
      'localhost.evil.example',
      '192.0.2.1',
      '127.0.0.1.nip.example',
      '[::2]',
    ]) {
      const response = await post(gateway, { host }, QUERY);
      assert.equal(response.status, 421, host);
      assert.equal(await codeOf(response), 'HOST_NOT_LOCAL');
    }
    for (const host of [
      'localhost',
      'localhost:4000',
      '127.0.0.1:4000',
      '127.0.0.9',
      '[::1]:4000',
      'LOCALHOST',
    ]) {
      assert.equal((await post(gateway, { host }, QUERY)).status, 200, host);
    }
  });

  test('is no danger to others, which answer by any name', async () => {
    for (const environment of [
      { ...keys, CLIENT_TOKENS: 'token' },
      { ...keys, CREDENTIALS: 'request' },
      { ...keys, SANDBOX: '1' },
      {},
    ]) {
      const response = await post(
        createGateway(environment),
        { host: 'rolecall.example', authorization: 'Bearer token' },
        QUERY,
      );
      assert.equal(response.status, 200);
    }
  });
});

describe('CORS', () => {
  const gateway = createGateway({ CORS_ORIGINS: 'https://app.example, http://localhost:3000' });
  const preflight = (origin: string, to = gateway) =>
    to.fetch(URL, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,dd-api-key',
      },
    });

  test('lets pages of the named origins read answers', async () => {
    const { headers } = await preflight('https://app.example');
    assert.equal(headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(headers.get('access-control-allow-credentials'), null);
    assert.equal(headers.get('access-control-allow-methods'), 'GET, POST');
    for (const name of [
      'Content-Type',
      'Authorization',
      'DD-API-KEY',
      'DD-APPLICATION-KEY',
      'DD-SITE',
      'X-HeyGen-Api-Key',
    ]) {
      assert.ok(headers.get('access-control-allow-headers')?.includes(name), name);
    }
    const answer = await post(gateway, { origin: 'http://localhost:3000' });
    assert.equal(answer.headers.get('access-control-allow-origin'), 'http://localhost:3000');
    assert.equal(answer.headers.get('access-control-expose-headers'), 'Retry-After, X-Request-Id');
  });

  test('reflects no other origin', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://app.example.evil.example',
      'http://app.example',
    ]) {
      for (const answer of [await preflight(origin), await post(gateway, { origin })]) {
        assert.equal(answer.headers.get('access-control-allow-origin'), null, origin);
      }
    }
  });

  test('is closed unless origins are named', async () => {
    const closed = createGateway({});
    for (const answer of [
      await preflight('https://app.example', closed),
      await post(closed, { origin: 'https://app.example' }),
    ]) {
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    }
  });

  test('takes origins only', () => {
    for (const CORS_ORIGINS of [
      '*',
      'app.example',
      'https://app.example/',
      'https://app.example/x',
      'https://a.example,*',
    ]) {
      assert.throws(() => readConfig({ CORS_ORIGINS }), /CORS_ORIGINS must be origins/);
    }
  });
});

describe('CSRF', () => {
  const gateway = createGateway({ CORS_ORIGINS: 'https://app.example' });
  const get = (headers: Record<string, string>) =>
    gateway.fetch(`${URL}?query={__typename}`, { headers });

  test('what a page can send without asking first is refused', async () => {
    for (const headers of [
      {},
      { accept: '*/*' },
      { accept: 'image/avif,image/webp,*/*;q=0.8' },
      { 'content-type': 'text/plain' },
      { accept: 'application/json', 'sec-fetch-site': 'cross-site' },
      { accept: 'application/json', 'sec-fetch-site': 'same-site', origin: 'https://evil.example' },
    ] as Record<string, string>[]) {
      const response = await get(headers);
      assert.equal(response.status, 403, JSON.stringify(headers));
      assert.equal(await codeOf(response), 'CSRF');
    }
  });

  test('form, multipart and text posts are off', async () => {
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', 'query={__typename}'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{__typename}"}\r\n--x--',
      ],
      ['text/plain', BODY],
      ['application/graphql', '{ __typename }'],
      ['application/jsonx', BODY],
    ] as const) {
      const response = await gateway.fetch(URL, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      assert.equal(response.status, 415, type);
      assert.equal(await codeOf(response), 'UNSUPPORTED_MEDIA_TYPE');
    }
  });

  test('what needs a preflight, or says what it accepts, is served', async () => {
    for (const headers of [
      { 'content-type': 'application/json' },
      { 'apollo-require-preflight': 'true' },
      { accept: 'application/graphql-response+json' },
      { accept: 'application/json', 'sec-fetch-site': 'same-origin' },
      { accept: 'application/json', 'sec-fetch-site': 'cross-site', origin: 'https://app.example' },
    ] as Record<string, string>[]) {
      assert.equal((await get(headers)).status, 200, JSON.stringify(headers));
    }
  });
});

describe('INTROSPECTION=off', () => {
  const gateway = createGateway({ INTROSPECTION: 'off' });

  test('hides the schema', async () => {
    for (const query of [
      '{ __schema { types { name } } }',
      '{ __type(name: "Viewer") { name } }',
      '{ viewer { providers } ...F } fragment F on Query { __schema { description } }',
    ]) {
      const answer = await gateway.query(query);
      assert.equal(answer.data, undefined);
      assert.match(answer.errors?.[0]?.message ?? '', /introspection/i);
    }
  });

  test('suggests nothing', async () => {
    for (const query of [
      '{ viewr { providers } }',
      '{ viewer { datadg { id } } }',
      '{ viewer { datadog { permissions(name: ["a"]) { id } } } }',
      '{ viewer { ... on Datadoguser { id } } }',
      '{ viewer { datadog { roles { permissions { nam } } } } }',
    ]) {
      const shown = JSON.stringify((await gateway.query(query)).errors);
      assert.doesNotMatch(shown, /Did you mean/, shown);
      assert.match(JSON.stringify((await createGateway({}).query(query)).errors), /Did you mean/);
    }
  });

  test('leaves operations as they are', async () => {
    const { data } = await gateway.query('{ __typename viewer { providers } }');
    assert.deepEqual(data, { __typename: 'Query', viewer: { providers: [] } });
  });
});

test('answers are kept out of caches', async () => {
  const { headers } = await post(createGateway({}));
  assert.equal(headers.get('cache-control'), 'private, no-store');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.match(headers.get('vary') ?? '', /Origin/);
});

describe('request ids', () => {
  test('a sane one is kept, any other replaced', async () => {
    const gateway = createGateway({});
    const idFor = async (given?: string) =>
      (await post(gateway, given === undefined ? {} : { 'x-request-id': given })).headers.get(
        'x-request-id',
      ) ?? '';
    assert.equal(await idFor('abc-123.X:y/z+='), 'abc-123.X:y/z+=');
    const made = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
    for (const given of [undefined, '', 'x'.repeat(129), 'a b', '<script>', '${jndi:ldap}', 'é']) {
      assert.match(await idFor(given), made, given);
    }
    const refused = await gateway.fetch('http://rolecall.example/nowhere');
    assert.match(refused.headers.get('x-request-id') ?? '', made);
  });
});

test('what a parser said of a body is not repeated', async () => {
  const response = await post(createGateway({}), {}, '{"query": secret-looking }');
  assert.equal(response.status, 400);
  const text = await response.text();
  assert.match(text, /"code":"BAD_REQUEST"/);
  assert.doesNotMatch(text, /secret-looking|originalError/);
});
