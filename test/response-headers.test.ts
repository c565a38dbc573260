import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { post } from './support/post.ts';
import { createRolecall } from './support/rolecall.ts';

test('responses are kept out of HTTP caches', async () => {
  const { headers } = await post(createRolecall({}));
  assert.equal(headers.get('cache-control'), 'private, no-store');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.match(headers.get('vary') ?? '', /Origin/);
});

describe('request ids', () => {
  test('from callers are kept where they are well-formed, and replaced otherwise', async () => {
    const rolecall = createRolecall({});
    const idFor = async (given?: string) =>
      (await post(rolecall, given === undefined ? {} : { 'x-request-id': given })).headers.get(
        'x-request-id',
      ) ?? '';
    assert.equal(await idFor('abc-123.X:y/z+='), 'abc-123.X:y/z+=');
    const made = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
    for (const given of [undefined, '', 'x'.repeat(129), 'a b', '<script>', '${jndi:ldap}', 'é']) {
      assert.match(await idFor(given), made, given);
    }
    const refused = await rolecall.fetch('http://rolecall.example/nowhere');
    assert.match(refused.headers.get('x-request-id') ?? '', made);
  });
});

test('a parser’s message about a body is not repeated in the response', async () => {
  const response = await post(createRolecall({}), {}, '{"query": secret-looking }');
  assert.equal(response.status, 400);
  const text = await response.text();
  assert.match(text, /"code":"BAD_REQUEST"/);
  assert.doesNotMatch(text, /secret-looking|originalError/);
});
