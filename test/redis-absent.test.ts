import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createRolecallServer } from '../src/server/index.ts';
import { readConfig } from './support/config.ts';
import { keepLog, linesOf } from './support/log.ts';
import { startProcess } from './support/process.ts';
import { fixtureOf, goodVendor } from './support/providers.ts';
import { DATADOG_KEYS, dataOf, rolecallOf } from './support/rolecall.ts';
import { startUpstream } from './support/upstream.ts';

const ENVIRONMENT = {
  REDIS_URL: 'redis://somebody:a-password@127.0.0.1:1',
  CACHE_SECRET: randomBytes(32).toString('base64'),
  CACHE_TTL_SECONDS: '60',
  RATE_LIMIT: '3',
};

/** Rolecall with this Redis in front of a vendor. Closes its connection at the end. */
async function startRolecall(environment: Readonly<Record<string, string>>) {
  const datadog = await startUpstream(goodVendor(fixtureOf('datadog')));
  const { logger, log } = keepLog();
  const config = readConfig({ ...DATADOG_KEYS, DATADOG_API_URL: datadog.url, ...environment });
  const server = createRolecallServer(config, logger, { isReady: true });
  return {
    ...rolecallOf(server),
    datadog,
    log,
    async [Symbol.asyncDispose]() {
      server.close();
      await datadog[Symbol.asyncDispose]();
    },
  };
}

async function readyText(rolecall: Awaited<ReturnType<typeof startRolecall>>) {
  const response = await rolecall.fetch('http://rolecall.example/ready');
  assert.equal(response.status, 200);
  return response.text();
}

const QUERY = '{ viewer { datadog { id } } }';

test('without its Redis, Rolecall starts, serves, counts for itself, and is ready but degraded', async () => {
  await using rolecall = await startRolecall(ENVIRONMENT);
  for (let call = 1; call <= 3; call += 1) {
    dataOf(await rolecall.query(QUERY));
    assert.equal(rolecall.datadog.seen.length, call);
  }
  assert.equal((await rolecall.query(QUERY)).status, 429);
  assert.equal(await readyText(rolecall), 'degraded: Redis is not in use\n');
  // Long enough for several attempts to connect.
  await delay(1_000);
  const lines = linesOf(rolecall.log()).filter(({ msg }) => /Redis/.test(msg));
  assert.deepEqual(
    lines.map(({ level, msg, reason }) => [level, msg, reason]),
    [
      [
        40,
        'Redis is not in use: this process counts and works for itself',
        'the connection failed: ECONNREFUSED',
      ],
    ],
  );
  assert.doesNotMatch(rolecall.log(), /a-password|somebody/);
});

test('a Redis that refuses the password is named in the log by its error alone', async () => {
  const redis = createServer((socket) => {
    socket.on('error', () => {}).on('data', () => socket.write('-WRONGPASS for a-password\r\n'));
  });
  await new Promise<void>((resolve) => redis.listen(0, '127.0.0.1', resolve));
  const { port } = redis.address() as AddressInfo;
  try {
    await using rolecall = await startRolecall({
      ...ENVIRONMENT,
      REDIS_URL: `redis://:a-password@127.0.0.1:${port}`,
    });
    while (!rolecall.log().includes('Redis')) await delay(10);
    const [{ reason }] = linesOf(rolecall.log());
    assert.equal(reason, 'it responded with WRONGPASS');
    assert.doesNotMatch(rolecall.log(), /a-password/);
    assert.equal(await readyText(rolecall), 'degraded: Redis is not in use\n');
  } finally {
    redis.close();
  }
});

for (const [what, reply] of [
  ['a number', ':5\r\n'],
  ['a list', '*2\r\n*-1\r\n:7\r\n'],
  ['OK', '+OK\r\n'],
  ['nothing', '$-1\r\n'],
] as const) {
  test(`something else at the address of Redis is not used: it responds with ${what}`, async () => {
    const other = createServer((socket) => {
      socket.on('error', () => {}).on('data', () => socket.write(reply));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      await using rolecall = await startRolecall({
        ...ENVIRONMENT,
        RATE_LIMIT: '1000',
        REDIS_URL: `redis://127.0.0.1:${port}`,
      });
      while (!rolecall.log().includes('Redis')) dataOf(await rolecall.query(QUERY));
      dataOf(await rolecall.query(QUERY));
      const lines = linesOf(rolecall.log()).filter(({ msg }) => /Redis/.test(msg));
      assert.deepEqual(
        lines.map(({ reason }) => reason),
        ['it does not respond as Redis does'],
      );
      assert.equal(await readyText(rolecall), 'degraded: Redis is not in use\n');
    } finally {
      other.close();
    }
  });
}

test('a Redis that never responds delays no request', async () => {
  const redis = createServer((socket) => void socket.on('error', () => {}));
  await new Promise<void>((resolve) => redis.listen(0, '127.0.0.1', resolve));
  const { port } = redis.address() as AddressInfo;
  try {
    await using rolecall = await startRolecall({
      ...ENVIRONMENT,
      REDIS_URL: `redis://127.0.0.1:${port}`,
      REDIS_TIMEOUT_MS: '10000',
    });
    const started = performance.now();
    dataOf(await rolecall.query(QUERY));
    assert.ok(performance.now() - started < 5_000);
    assert.equal(await readyText(rolecall), 'degraded: Redis is not in use\n');
  } finally {
    redis.close();
  }
});

test('a server with Redis ends by itself after SIGTERM', async () => {
  await using rolecall = startProcess(ENVIRONMENT);
  await rolecall.listening();
  rolecall.child.kill('SIGTERM');
  const { code, stdout, stderr } = await rolecall.exited;
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /a-password/);
});

test('without REDIS_URL, a server that is ready is not degraded', async () => {
  const { REDIS_URL: _, CACHE_SECRET: __, ...environment } = ENVIRONMENT;
  await using rolecall = await startRolecall(environment);
  assert.equal(await readyText(rolecall), 'ready\n');
});

test('a server that is closed at once never connects to Redis', async () => {
  let connections = 0;
  const redis = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => redis.listen(0, '127.0.0.1', resolve));
  const { port } = redis.address() as AddressInfo;
  try {
    const environment = { ...ENVIRONMENT, REDIS_URL: `redis://127.0.0.1:${port}` };
    await (await startRolecall(environment))[Symbol.asyncDispose]();
    await using another = await startRolecall(environment);
    while (!another.log().includes('Redis')) await delay(10);
    assert.equal(connections, 1);
  } finally {
    redis.close();
  }
});
