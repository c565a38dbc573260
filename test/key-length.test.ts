import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../src/config/index.ts';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { readConfig } from './support/config.ts';
import { codesOf, createRolecall, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const LONGEST = 'k'.repeat(256);
const TOO_LONG = `${LONGEST}k`;

async function ask(apiKey: string, appKey: string, heygenKey: string) {
  await using datadog = await startUpstream(json(userDocument()));
  await using heygen = await startUpstream(json(v1()));
  const rolecall = createRolecall({
    CREDENTIALS: 'request',
    DATADOG_API_URL: datadog.url,
    HEYGEN_API_URL: heygen.url,
  });
  const response = await rolecall.query('{ viewer { datadog { id } heygen { id } } }', {
    headers: {
      'DD-API-KEY': apiKey,
      'DD-APPLICATION-KEY': appKey,
      'X-HeyGen-Api-Key': heygenKey,
    },
  });
  return { response, calls: datadog.seen.length + heygen.seen.length };
}

describe('a key has at most 256 characters', () => {
  test('in a header: a longer one is refused and sent to no vendor', async () => {
    const { response, calls } = await ask(LONGEST, LONGEST, LONGEST);
    dataOf(response);
    assert.equal(calls, 2);
    for (const [apiKey, appKey] of [
      [TOO_LONG, 'a'],
      ['a', TOO_LONG],
    ] as const) {
      const refused = await ask(apiKey, appKey, TOO_LONG);
      assert.deepEqual(codesOf(refused.response), {
        'viewer.datadog': 'CREDENTIALS_INVALID',
        'viewer.heygen': 'CREDENTIALS_INVALID',
      });
      for (const { message } of refused.response.errors ?? []) assert.match(message, /up to 256 /);
      assert.equal(refused.calls, 0);
    }
  });

  test('in the environment: a longer one keeps it from starting', () => {
    const keys = (key: string) => ({ DD_API_KEY: key, DD_APP_KEY: key, HEYGEN_API_KEY: key });
    assert.equal(readConfig(keys(LONGEST)).sandbox, false);
    assert.throws(
      () => readConfig(keys(TOO_LONG)),
      (error) =>
        error instanceof ConfigError &&
        error.message.match(/_KEY must be a key: up to 256 printable/g)?.length === 3,
    );
  });
});
