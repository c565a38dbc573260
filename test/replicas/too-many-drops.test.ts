import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RedisStore } from '../../src/cache/redis-store.ts';
import { Secret } from '../../src/lib/secret.ts';
import { RedisConnection } from '../../src/redis/connection.ts';
import { newSecret, until } from './copies.ts';
import { startRedis } from './redis-server.ts';

const CALL_MS = 30_000;
const LIFETIME_MS = 600_000;
/** Redis looks at a few hundred names at a time. */
const STORED = 1_500;

const keyOf = (name: string) => ({
  url: 'http://vendor.example/',
  secrets: [new Secret(name)],
  name,
});
const RESPONSE = { status: 200, encoding: undefined, bytes: Buffer.from('{}'), receivedAt: 0 };

test('revocations that are too many to be remembered while Redis is lost are not forgotten', async () => {
  await using redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
  const settings = {
    url: { value: new Secret(redis.url) },
    // Also a pattern, which must not match itself alone.
    prefix: 'r[o]*\\:',
    timeoutMs: 5_000,
    secrets: { value: [new Secret(newSecret())] },
  };
  const silent = { used() {}, lost() {}, refused() {} };
  const connection = new RedisConnection(settings, silent);
  using _ = { [Symbol.dispose]: () => connection.close() };
  const store = new RedisStore(connection, CALL_MS);
  await until(() => connection.isUsed);
  for (let index = 0; index < STORED; index += 1) {
    store.store(keyOf(`stored ${index}`), RESPONSE, LIFETIME_MS);
  }
  const isFound = async (index: number) =>
    (await store.find(keyOf(`stored ${index}`))) !== undefined;
  assert.equal(await isFound(STORED - 1), true);
  await redis.kill();
  await until(() => !connection.isUsed);
  await store.drop(keyOf('stored 0'));
  // Those of invented keys.
  for (let index = 0; index < 10_000; index += 1) await store.drop(keyOf(`invented ${index}`));
  await redis.start();
  await until(() => connection.isUsed);
  for (let index = 0; index < STORED; index += 100) assert.equal(await isFound(index), false);
  // Once only: what is stored from now on is found.
  store.store(keyOf('new'), RESPONSE, LIFETIME_MS);
  assert.notEqual(await store.find(keyOf('new')), undefined);
  await redis.kill();
  await until(() => !connection.isUsed);
  await store.drop(keyOf('stored 0'));
  await redis.start();
  await until(() => connection.isUsed);
  assert.notEqual(await store.find(keyOf('new')), undefined);
});
