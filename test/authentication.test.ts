import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../src/config/index.ts';
import { readConfig } from './support/config.ts';
import { codeOf, post } from './support/post.ts';
import { createRolecall } from './support/rolecall.ts';

const URL = 'http://rolecall.example/graphql';
const JSON_HEADERS = { 'content-type': 'application/json' };

describe('authentication', () => {
  const rolecall = createRolecall({ CLIENT_TOKENS: 'token-of-a, token-of-b' });

  test('lets in callers with one of the tokens', async () => {
    for (const token of ['token-of-a', 'token-of-b']) {
      assert.equal((await post(rolecall, { authorization: `Bearer ${token}` })).status, 200);
    }
    assert.equal((await post(rolecall, { authorization: 'bearer token-of-a' })).status, 200);
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
    test(`responds with 401 to ${JSON.stringify(authorization)}`, async () => {
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        const response = await post(rolecall, {
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
    assert.equal((await post(rolecall, {}, '{ not json')).status, 401);
    assert.equal((await post(rolecall, {}, 'x'.repeat(200_000))).status, 401);
    assert.equal((await rolecall.fetch(`${URL}?query={`, { headers: JSON_HEADERS })).status, 401);
  });

  test('leaves the page that asks for a token, /health and /ready open', async () => {
    assert.equal((await rolecall.fetch(URL, { headers: { accept: 'text/html' } })).status, 200);
    for (const path of ['/health', '/ready']) {
      assert.equal((await rolecall.fetch(`http://rolecall.example${path}`)).status, 200);
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
