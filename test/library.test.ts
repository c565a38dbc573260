import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { printSchema } from 'graphql';
import { ConfigError, createRolecall, type RolecallOptions } from '../src/index.ts';
import { userDocument } from './fixtures/datadog.ts';
import { json, startUpstream } from './support/upstream.ts';

const QUERY = '{ viewer { datadog { name } } }';
const QUIET = { LOG_LEVEL: 'silent' } as const;
const KEYS = { DD_API_KEY: 'api-key', DD_APP_KEY: 'app-key' } as const;

const post = (query = QUERY, headers: Record<string, string> = {}) =>
  new Request('http://app.example/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

const named = (name: string) => json(userDocument({ attributes: { name } }));

async function nameOf(response: Response): Promise<string> {
  const { data } = (await response.json()) as any;
  return data.viewer.datadog.name;
}

describe('a Rolecall in another program', () => {
  test('serves a Fetch request with a Response of Node', async () => {
    await using datadog = await startUpstream(named('ada'));
    const rolecall = await createRolecall({ ...KEYS, ...QUIET, DATADOG_API_URL: datadog.url });
    const response = await rolecall.fetch(post());
    assert.ok(response instanceof Response);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /json/);
    assert.equal(await nameOf(response), 'ada');
    rolecall.close();
  });

  test('serves requests of node:http', async () => {
    await using datadog = await startUpstream(named('ada'));
    const rolecall = await createRolecall({ ...KEYS, ...QUIET, DATADOG_API_URL: datadog.url });
    const server = createServer(rolecall.nodeListener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { method, headers } = post();
    const body = JSON.stringify({ query: QUERY });
    const url = `http://127.0.0.1:${port}/graphql`;
    assert.equal(await nameOf(await fetch(url, { method, headers, body })), 'ada');
    server.close();
    server.closeAllConnections();
    rolecall.close();
  });

  test('has the public schema, and the sandbox without keys', async () => {
    const rolecall = await createRolecall(QUIET);
    assert.match(printSchema(rolecall.schema), /type DatadogUser implements User/);
    assert.equal(await nameOf(await rolecall.fetch(post())), 'Robin Sandbox');
    rolecall.close();
  });

  test('reads nothing from the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { ...KEYS, CLIENT_TOKENS: 'token-of-the-environment', PORT: 'x' });
    try {
      const rolecall = await createRolecall(QUIET);
      assert.equal((await rolecall.fetch(post())).status, 200);
      rolecall.close();
    } finally {
      process.env = before;
    }
  });

  test('is ready until it is closed', async () => {
    const rolecall = await createRolecall(QUIET);
    const ready = async () =>
      (await rolecall.fetch(new Request('http://app.example/ready'))).status === 200;
    assert.deepEqual([rolecall.ready, await ready()], [true, true]);
    rolecall.close();
    assert.deepEqual([rolecall.ready, await ready()], [false, false]);
  });

  test('is refused with every problem of its options', async () => {
    await assert.rejects(createRolecall({ DD_API_KEY: 'a', RATE_LIMIT: 'marked' }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.problems.length, 2);
      assert.ok(!error.message.includes('marked'));
      return true;
    });
  });

  test('is refused with values other than text, which JavaScript lets through', async () => {
    const options: any = { PORT: 4000, SANDBOX: true, DD_SITE: null, HOST: undefined };
    await assert.rejects(createRolecall(options), (error) => {
      assert.ok(error instanceof ConfigError);
      const names = error.problems.map((problem) => problem.split(' must be text')[0]);
      assert.deepEqual(names, ['PORT', 'SANDBOX', 'DD_SITE']);
      return true;
    });
  });

  test('takes only variables that exist', () => {
    const text = 'text';
    // One of each kind. What a schema reads is an option, and nothing else is.
    const options: RolecallOptions = {
      PORT: text,
      DD_SITE: text,
      HEYGEN_API_KEY_FILE: text,
      CREDENTIALS_FILE: text,
      JWT_ISSUER: text,
      LIMIT_DEPTH: text,
      UPSTREAM_RETRIES: text,
      CACHE_TTL_SECONDS: text,
      CACHE_SECRET_FILE: text,
      CLIENT_TOKENS_FILE: text,
      NODE_ENV: text,
    };
    const wrong: readonly RolecallOptions[] = [
      // @ts-expect-error: no variable has this name
      { RATE_LIMITS: text },
      // @ts-expect-error: it cannot be in a file
      { PORT_FILE: text },
      // @ts-expect-error: values are text
      { RATE_LIMIT: 3 },
    ];
    assert.equal(wrong.length + Object.keys(options).length, 14);
  });

  test('limits the requests of each address that the program names', async () => {
    const rolecall = await createRolecall({ ...QUIET, RATE_LIMIT: '2' });
    const statuses = async (address?: string) => {
      const { status } = await rolecall.fetch(post('{ viewer { id: __typename } }'), {
        address: address as string,
      });
      return status;
    };
    for (const address of ['192.0.2.1', '192.0.2.2', '2001:db8::1']) {
      assert.deepEqual(
        [await statuses(address), await statuses(address), await statuses(address)],
        [200, 200, 429],
      );
    }
    // Of the same network as the last one.
    assert.equal(await statuses('2001:db8::2'), 429);
    assert.equal(await statuses(), 200);
    rolecall.close();
  });
});

test('two in one process share nothing', async () => {
  await using first = await startUpstream(named('first'));
  await using second = await startUpstream(named('second'));
  const options = { ...QUIET, CREDENTIALS: 'request', RATE_LIMIT: '3', CACHE_TTL_SECONDS: '60' };
  const [a, b] = await Promise.all(
    [first, second].map(({ url }) => createRolecall({ ...options, DATADOG_API_URL: url })),
  );
  assert.ok(a && b);
  const keys = { 'dd-api-key': 'api-key', 'dd-application-key': 'app-key' };
  for (let round = 0; round < 3; round += 1) {
    assert.equal(await nameOf(await a.fetch(post(QUERY, keys))), 'first');
  }
  // Neither the responses nor the count of the other.
  assert.equal(await nameOf(await b.fetch(post(QUERY, keys))), 'second');
  assert.equal((await a.fetch(post(QUERY, keys))).status, 429);
  a.close();
  assert.equal(b.ready, true);
  assert.equal(await nameOf(await b.fetch(post(QUERY, keys))), 'second');
  b.close();
});
