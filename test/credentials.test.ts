import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SITES } from '../src/providers/datadog/settings.ts';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { codesOf, createRolecall, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const QUERY = '{ viewer { providers users { provider } datadog { id } heygen { id } } }';
const DATADOG = { 'DD-API-KEY': 'their-api-key', 'DD-APPLICATION-KEY': 'their-app-key' };

/** Sends these headers to a server with its own keys, which it must not use. */
async function ask(headers: Record<string, string>) {
  await using datadog = await startUpstream(json(userDocument()));
  await using heygen = await startUpstream(json(v1()));
  const rolecall = createRolecall({
    CREDENTIALS: 'request',
    DD_API_KEY: 'server',
    DD_APP_KEY: 'server',
    HEYGEN_API_KEY: 'server',
    DATADOG_API_URL: datadog.url,
    HEYGEN_API_URL: heygen.url,
  });
  const response = await rolecall.query(QUERY, { headers });
  return { response, datadog: datadog.seen, heygen: heygen.seen };
}

describe('CREDENTIALS=request', () => {
  test('connects the providers whose credentials came', async () => {
    const both = await ask({ ...DATADOG, 'X-HeyGen-Api-Key': 'their-heygen-key' });
    assert.deepEqual(dataOf(both.response).viewer.providers, ['DATADOG', 'HEYGEN']);
    assert.equal(both.datadog[0]?.headers['dd-api-key'], 'their-api-key');
    assert.equal(both.datadog[0]?.headers['dd-application-key'], 'their-app-key');
    assert.equal(both.heygen[0]?.headers['x-api-key'], 'their-heygen-key');

    const { response, datadog } = await ask({ 'X-HeyGen-Api-Key': 'their-heygen-key' });
    assert.deepEqual(dataOf(response).viewer.providers, ['HEYGEN']);
    assert.deepEqual(dataOf(response).viewer.users, [{ provider: 'HEYGEN' }]);
    assert.equal(dataOf(response).viewer.datadog, null);
    assert.equal(datadog.length, 0);
  });

  test('without credentials nothing is connected, and that is no error', async () => {
    for (const headers of [{}, { 'X-Key': 'for-somebody-else' }, { 'DD-API-KEY': '' }]) {
      const { response, datadog, heygen } = await ask(headers);
      assert.deepEqual(dataOf(response).viewer, {
        providers: [],
        users: [],
        datadog: null,
        heygen: null,
      });
      assert.equal(datadog.length + heygen.length, 0);
    }
  });

  for (const [name, headers, code, says] of [
    [
      'one Datadog key without the other',
      { 'DD-API-KEY': 'a' },
      'CREDENTIALS_MISSING',
      /The header DD-APPLICATION-KEY is missing/,
    ],
    [
      'the other without the one',
      { 'DD-APPLICATION-KEY': 'a' },
      'CREDENTIALS_MISSING',
      /The header DD-API-KEY is missing/,
    ],
    [
      'a site that is not on the list',
      { ...DATADOG, 'DD-SITE': 'evil.example' },
      'CREDENTIALS_INVALID',
      /must be one of datadoghq\.com, us3/,
    ],
    [
      'a key sent twice',
      { ...DATADOG, 'DD-API-KEY': 'a, b' },
      'CREDENTIALS_INVALID',
      /DD-API-KEY must hold one key/,
    ],
  ] as const) {
    test(`${name} counts as not connected, with the error at its user and its field`, async () => {
      const { response, datadog } = await ask({ ...headers, 'X-HeyGen-Api-Key': 'k' });
      assert.equal(response.status, 200);
      assert.deepEqual(response.data.viewer.providers, ['HEYGEN']);
      assert.deepEqual(response.data.viewer.users, [null, { provider: 'HEYGEN' }]);
      assert.deepEqual(codesOf(response), { 'viewer.users.0': code, 'viewer.datadog': code });
      for (const { message, extensions } of response.errors ?? []) {
        assert.deepEqual(extensions, { code, provider: 'DATADOG' });
        assert.match(message, says);
      }
      assert.equal(datadog.length, 0);
    });
  }

  test('every site may be asked for, and a base URL wins over it', async () => {
    for (const site of [...SITES, 'app.datadoghq.com']) {
      const { response, datadog } = await ask({ ...DATADOG, 'DD-SITE': site });
      assert.equal(dataOf(response).viewer.datadog.id, userDocument().data.id);
      assert.equal(datadog.length, 1);
    }
  });
});

test('CREDENTIALS=server takes no keys from headers', async () => {
  await using heygen = await startUpstream(json(v1()));
  const rolecall = createRolecall({ HEYGEN_API_KEY: 'server', HEYGEN_API_URL: heygen.url });
  const { viewer } = dataOf(
    await rolecall.query(QUERY, { headers: { ...DATADOG, 'X-HeyGen-Api-Key': 'theirs' } }),
  );
  assert.deepEqual(viewer.providers, ['HEYGEN']);
  assert.equal(heygen.seen[0]?.headers['x-api-key'], 'server');
});
