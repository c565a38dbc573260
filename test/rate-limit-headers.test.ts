import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stopTime } from './support/clock.ts';
import { startIssuer } from './support/issuer.ts';
import { post } from './support/post.ts';
import { createRolecall, type Rolecall } from './support/rolecall.ts';

const KEYS = { 'dd-api-key': 'a', 'dd-application-key': 'b', 'x-heygen-api-key': 'c' };

/** The status, `RateLimit-Policy` and `RateLimit` of a response. */
async function limitsOf(rolecall: Rolecall, headers: Record<string, string> = {}, body?: string) {
  const response = await post(rolecall, headers, body);
  await response.text();
  const { status, headers: own } = response;
  return [status, own.get('ratelimit-policy'), own.get('ratelimit')];
}

describe('every counted response says what is left', () => {
  test('of an address, until the window ends', async () => {
    using time = stopTime();
    const rolecall = createRolecall({ RATE_LIMIT: '2' });
    const policy = '"address";q=2;w=60';
    assert.deepEqual(await limitsOf(rolecall), [200, policy, '"address";r=1;t=60']);
    time.advance(20_500);
    assert.deepEqual(await limitsOf(rolecall), [200, policy, '"address";r=0;t=40']);
    time.advance(500);
    const refused = await post(rolecall);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('ratelimit-policy'), policy);
    assert.equal(refused.headers.get('ratelimit'), '"address";r=0;t=39');
    assert.equal(refused.headers.get('retry-after'), '39');
    time.advance(39_000);
    assert.deepEqual(await limitsOf(rolecall), [200, policy, '"address";r=1;t=60']);
  });

  test('of a token', async () => {
    using _ = stopTime();
    const rolecall = createRolecall({ RATE_LIMIT: '5', CLIENT_TOKENS: 'a-token' });
    const headers = { authorization: 'Bearer a-token' };
    assert.deepEqual(await limitsOf(rolecall, headers), [
      200,
      '"token";q=5;w=60',
      '"token";r=4;t=60',
    ]);
    assert.deepEqual(await limitsOf(rolecall), [401, '"address";q=5;w=60', '"address";r=4;t=60']);
  });

  test('of the person in a JWT', async () => {
    await using issuer = await startIssuer();
    const rolecall = createRolecall({ RATE_LIMIT: '5', ...issuer.environment });
    const of = (sub: string) =>
      limitsOf(rolecall, { authorization: `Bearer ${issuer.sign({ sub })}` });
    const policy = '"person";q=5;w=60';
    assert.deepEqual(await of('one'), [200, policy, '"person";r=4;t=60']);
    assert.deepEqual((await of('two'))[2], '"person";r=4;t=60');
    assert.match(String((await of('one'))[2]), /^"person";r=3;t=\d+$/);
  });

  test('of each limit, with the address first, and only up to the one that is exceeded', async () => {
    using _ = stopTime();
    const rolecall = createRolecall({ RATE_LIMIT: '1', CREDENTIALS: 'request' });
    assert.deepEqual(await limitsOf(rolecall, KEYS), [
      200,
      '"new-credentials";q=10;w=60, "datadog";q=1;w=60, "heygen";q=1;w=60',
      '"new-credentials";r=9;t=60, "datadog";r=0;t=60, "heygen";r=0;t=60',
    ]);
    const heygenOnly = { 'x-heygen-api-key': 'c' };
    assert.deepEqual(await limitsOf(rolecall, { ...KEYS, 'x-heygen-api-key': 'd' }), [
      429,
      '"new-credentials";q=10;w=60, "datadog";q=1;w=60',
      '"new-credentials";r=8;t=60, "datadog";r=0;t=60',
    ]);
    for (let left = 7; left >= 0; left -= 1) await limitsOf(rolecall, heygenOnly);
    assert.deepEqual(await limitsOf(rolecall, heygenOnly), [
      429,
      '"new-credentials";q=10;w=60',
      '"new-credentials";r=0;t=60',
    ]);
  });

  test('after all operations of a batch, refused or not', async () => {
    using _ = stopTime();
    const rolecall = createRolecall({ RATE_LIMIT: '4', LIMIT_BATCH: '5' });
    const batch = (length: number) =>
      JSON.stringify(Array.from({ length }, () => ({ query: '{ __typename }' })));
    assert.equal((await limitsOf(rolecall, {}, batch(3)))[2], '"address";r=1;t=60');
    assert.deepEqual(await limitsOf(rolecall, {}, batch(2)), [
      429,
      '"address";q=4;w=60',
      '"address";r=0;t=60',
    ]);
  });

  test('if it is refused later', async () => {
    using _ = stopTime();
    const rolecall = createRolecall({ RATE_LIMIT: '5' });
    assert.deepEqual(await limitsOf(rolecall, {}, '{'), [
      400,
      '"address";q=5;w=60',
      '"address";r=4;t=60',
    ]);
  });
});

test('a response that is not counted says nothing', async () => {
  const limited = createRolecall({ RATE_LIMIT: '5' });
  for (const path of ['/health', '/ready', '/nothing']) {
    const { headers } = await limited.fetch(`http://rolecall.example${path}`);
    assert.equal(headers.get('ratelimit'), null);
    assert.equal(headers.get('ratelimit-policy'), null);
  }
  const [, ...headers] = await limitsOf(createRolecall({ RATE_LIMIT: '0' }));
  assert.deepEqual(headers, [null, null]);
});

test('the app of GraphiQL is counted', async () => {
  using _ = stopTime();
  const rolecall = createRolecall({ RATE_LIMIT: '1' });
  const statuses = [200, 429];
  for (const status of statuses) {
    const response = await rolecall.fetch('http://rolecall.example/graphql?graphiql=app');
    assert.equal(response.status, status);
    assert.equal(response.headers.get('ratelimit'), '"address";r=0;t=60');
    await response.arrayBuffer();
  }
});
