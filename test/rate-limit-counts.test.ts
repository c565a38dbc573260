import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRolecall, type Rolecall } from './support/rolecall.ts';

const URL = 'http://rolecall.example/graphql';

describe('operations a minute', () => {
  test('are counted per caller: 429 with Retry-After', async () => {
    const limited = createRolecall({ RATE_LIMIT: '3', CREDENTIALS: 'request' });
    const ask = (key: string) =>
      limited.query('{ __typename }', { headers: { 'X-HeyGen-Api-Key': key } });
    for (let i = 0; i < 3; i += 1) assert.equal((await ask('a')).status, 200);
    const refused = await limited.fetch(URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-HeyGen-Api-Key': 'a' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    assert.equal(refused.status, 429);
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds > 0 && seconds <= 60, `${seconds}`);
    assert.match(await refused.text(), /"code":"RATE_LIMITED"/);
    assert.equal((await ask('b')).status, 200);
  });

  test('are counted per token where there are tokens, and not per token that nobody checks', async () => {
    const withTokens = createRolecall({ RATE_LIMIT: '1', CLIENT_TOKENS: 'a,b' });
    const ask = (rolecall: Rolecall, token: string) =>
      rolecall.query('{ __typename }', { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual(
      [await ask(withTokens, 'a'), await ask(withTokens, 'b'), await ask(withTokens, 'a')].map(
        ({ status }) => status,
      ),
      [200, 200, 429],
    );
    const without = createRolecall({ RATE_LIMIT: '1' });
    assert.equal((await ask(without, 'a')).status, 200);
    assert.equal((await ask(without, 'b')).status, 429);
  });

  test('count each operation of a batch', async () => {
    const batching = createRolecall({ RATE_LIMIT: '3', LIMIT_BATCH: '10' });
    const batch = (count: number) =>
      batching.fetch(URL, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(Array.from({ length: count }, () => ({ query: '{ __typename }' }))),
      });
    assert.equal((await batch(3)).status, 200);
    assert.equal((await batch(1)).status, 429);
  });

  test('have no limit where it is 0', async () => {
    const unlimited = createRolecall({ RATE_LIMIT: '0' });
    for (let i = 0; i < 700; i += 1)
      assert.equal((await unlimited.query('{ __typename }')).status, 200);
  });
});
