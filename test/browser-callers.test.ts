import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from './support/config.ts';
import { codeOf, post } from './support/post.ts';
import { ofAll } from './support/providers.ts';
import { createRolecall } from './support/rolecall.ts';

const URL = 'http://rolecall.example/graphql';
const BODY = JSON.stringify({ query: '{ viewer { providers } }' });

describe('DNS rebinding', () => {
  const keys = ofAll('keys');
  const QUERY = JSON.stringify({ query: '{ __typename }' });

  test('reaches no server with keys that asks nobody for a token', async () => {
    const rolecall = createRolecall(keys);
    for (const host of [
      'evil.example:4000',
      'localhost.evil.example',
      '192.0.2.1',
      '127.0.0.1.nip.example',
      '[::2]',
    ]) {
      const response = await post(rolecall, { host }, QUERY);
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
      assert.equal((await post(rolecall, { host }, QUERY)).status, 200, host);
    }
  });

  test('is no danger to other servers, which respond to any host name', async () => {
    for (const environment of [
      { ...keys, CLIENT_TOKENS: 'token' },
      { ...keys, CREDENTIALS: 'request' },
      { ...keys, SANDBOX: '1' },
      {},
    ]) {
      const response = await post(
        createRolecall(environment),
        { host: 'rolecall.example', authorization: 'Bearer token' },
        QUERY,
      );
      assert.equal(response.status, 200);
    }
  });
});

describe('CORS', () => {
  const rolecall = createRolecall({ CORS_ORIGINS: 'https://app.example, http://localhost:3000' });
  const preflight = (origin: string, to = rolecall) =>
    to.fetch(URL, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,dd-api-key',
      },
    });

  test('lets pages of the named origins read responses', async () => {
    const { headers } = await preflight('https://app.example');
    assert.equal(headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(headers.get('access-control-allow-credentials'), null);
    assert.equal(headers.get('access-control-allow-methods'), 'GET, POST');
    const ofProviders = Object.keys({ ...ofAll('keyHeaders'), ...ofAll('otherHeaders') });
    for (const name of ['Content-Type', 'Authorization', ...ofProviders]) {
      assert.ok(headers.get('access-control-allow-headers')?.includes(name), name);
    }
    const response = await post(rolecall, { origin: 'http://localhost:3000' });
    assert.equal(response.headers.get('access-control-allow-origin'), 'http://localhost:3000');
    assert.equal(
      response.headers.get('access-control-expose-headers'),
      'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
    );
  });

  test('reflects no other origin', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://app.example.evil.example',
      'http://app.example',
    ]) {
      for (const response of [await preflight(origin), await post(rolecall, { origin })]) {
        assert.equal(response.headers.get('access-control-allow-origin'), null, origin);
      }
    }
  });

  test('is closed unless origins are named', async () => {
    const closed = createRolecall({});
    for (const response of [
      await preflight('https://app.example', closed),
      await post(closed, { origin: 'https://app.example' }),
    ]) {
      assert.equal(response.headers.get('access-control-allow-origin'), null);
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
      assert.throws(
        () => readConfig({ CORS_ORIGINS }),
        /CORS_ORIGINS must be origins .*, without a slash at the end/,
      );
    }
  });
});

describe('CSRF', () => {
  const rolecall = createRolecall({ CORS_ORIGINS: 'https://app.example' });
  const get = (headers: Record<string, string>) =>
    rolecall.fetch(`${URL}?query={__typename}`, { headers });

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
      const response = await rolecall.fetch(URL, {
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
