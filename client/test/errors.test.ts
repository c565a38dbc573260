import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { createRolecallClient, RolecallError } from '../src/index.ts';
import { checksOf, responding } from './support/requests.ts';
import { startRolecall } from './support/rolecall.ts';

const SECRET = 'secret-token-of-nobody';
const headers = { authorization: `Bearer ${SECRET}` };
const url = 'http://rolecall.example/graphql';

/** What the call rejects with, which must be a `RolecallError`. */
async function rejectionOf(call: Promise<unknown>): Promise<RolecallError> {
  const [settled] = await Promise.allSettled([call]);
  assert.ok(settled.status === 'rejected' && settled.reason instanceof RolecallError);
  return settled.reason;
}

/** The error of both calls, which must be the same. */
async function errorOf(client: ReturnType<typeof createRolecallClient>): Promise<RolecallError> {
  const error = await rejectionOf(client.viewer());
  const other = await rejectionOf(client.can('a'));
  assert.deepEqual({ ...other, message: other.message }, { ...error, message: error.message });
  for (const text of [inspect(error, { depth: 9 }), String(error), JSON.stringify(error)]) {
    assert.ok(!text.includes(SECRET), text);
  }
  return error;
}

const parts = ({ code, provider, retryAfter }: RolecallError) => ({ code, provider, retryAfter });

async function faulty(respond: () => Response): Promise<RolecallError> {
  return errorOf(createRolecallClient({ url, headers, fetch: responding(respond) }));
}

describe('Rolecall refuses', () => {
  test('a token that is wrong', async () => {
    await using rolecall = await startRolecall({ SANDBOX: '1', CLIENT_TOKENS: 'x'.repeat(20) });
    const error = await errorOf(createRolecallClient({ url: rolecall.url, headers }));
    assert.deepEqual(parts(error), { code: 'UNAUTHENTICATED', provider: null, retryAfter: null });
    const allowed = { authorization: `Bearer ${'x'.repeat(20)}` };
    const client = createRolecallClient({ url: rolecall.url, headers: allowed });
    assert.equal((await client.can('dashboards_write')).granted, true);
  });

  test('too many requests, and says when to ask again', async () => {
    await using rolecall = await startRolecall({ SANDBOX: '1', RATE_LIMIT: '1' });
    const client = createRolecallClient({ url: rolecall.url, headers });
    await client.can('a');
    const error = await rejectionOf(client.can('a'));
    const { code, provider, retryAfter } = error;
    assert.deepEqual({ code, provider }, { code: 'RATE_LIMITED', provider: null });
    assert.ok(retryAfter !== null && Number.isInteger(retryAfter));
    assert.ok(retryAfter >= 1 && retryAfter <= 60, `${retryAfter}`);
  });
});

describe('what is not a response of Rolecall', () => {
  test('no connection', async () => {
    const client = createRolecallClient({ url: 'http://127.0.0.1:1/graphql', headers });
    const error = await errorOf(client);
    assert.deepEqual(parts(error), { code: 'NETWORK_ERROR', provider: null, retryAfter: null });
    assert.match(error.message, /Check the URL.*CORS_ORIGINS/);
  });

  test('a fetch whose error holds the headers', async () => {
    const fetch = async (_url: unknown, init?: RequestInit) => {
      throw Object.assign(new Error(`failed with ${SECRET}`), { request: init });
    };
    const error = await errorOf(createRolecallClient({ url, headers, fetch }));
    assert.equal(error.code, 'NETWORK_ERROR');
  });

  test('a body that breaks off', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error(SECRET)),
    });
    const fetch = async () => new Response(body);
    const client = createRolecallClient({ url, headers, fetch });
    const error = await rejectionOf(client.viewer());
    assert.equal(error.code, 'NETWORK_ERROR');
  });

  for (const [name, body, status, code] of [
    ['HTML', `<p>${SECRET}</p>`, 200, 'INVALID_RESPONSE'],
    ['HTML of a page to sign in', '<p></p>', 403, 'INVALID_RESPONSE'],
    ['HTML of a gateway', '<p></p>', 502, 'NETWORK_ERROR'],
    ['nothing', '', 200, 'INVALID_RESPONSE'],
    ['null', 'null', 200, 'INVALID_RESPONSE'],
    ['a list', '[]', 200, 'INVALID_RESPONSE'],
    ['neither data nor errors', '{"data":null,"errors":[]}', 200, 'INVALID_RESPONSE'],
    ['errors that are none', '{"data":null,"errors":{"message":"x"}}', 200, 'INVALID_RESPONSE'],
    ['data of something else', '{"data":{"viewer":null}}', 200, 'INVALID_RESPONSE'],
  ] as const) {
    test(`${name} (HTTP ${status})`, async () => {
      const error = await rejectionOf(
        createRolecallClient({
          url,
          fetch: responding(() => new Response(body, { status })),
        }).viewer(),
      );
      assert.deepEqual(parts(error), { code, provider: null, retryAfter: null });
      if (body.startsWith('<')) {
        assert.equal(error.message.endsWith('Check the URL.'), code === 'INVALID_RESPONSE');
      }
      assert.ok(!error.message.includes(SECRET));
    });
  }

  test('a proxy’s refusal of too many requests, with seconds, a date or nonsense', async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    for (const [value, least, most] of [
      ['7', 7, 7],
      [inAMinute, 50, 60],
      ['Thu, 01 Jan 1970 00:00:00 GMT', 0, 0],
      ['soon', null, null],
    ] as const) {
      const error = await faulty(
        () => new Response('slow down', { status: 429, headers: { 'retry-after': value } }),
      );
      assert.equal(error.code, 'RATE_LIMITED');
      const { retryAfter } = error;
      if (least === null) assert.equal(retryAfter, null);
      else assert.ok(retryAfter !== null && retryAfter >= least && retryAfter <= most, value);
    }
  });

  test('an error of nonsense, or of a newer server', async () => {
    const respond = (errors: unknown[]) => faulty(() => Response.json({ data: null, errors }));
    assert.equal((await respond([null])).code, 'INVALID_RESPONSE');
    const extensions = { code: 'NEW', provider: 'DATADOG', retryAfter: 3 };
    const error = await respond([{ message: 'New.', extensions }]);
    assert.deepEqual(
      { ...parts(error), message: error.message },
      { ...extensions, message: 'New.' },
    );
  });

  test('a response without one of the checks', async () => {
    const fetch = responding(() => checksOf(['may_a']));
    const client = createRolecallClient({ url, fetch });
    const [may, other] = await Promise.allSettled([client.can('may_a'), client.can('may_b')]);
    assert.equal(may.status, 'fulfilled');
    assert.equal(other.status === 'rejected' && other.reason.code, 'INVALID_RESPONSE');
  });

  test('another provider’s error beside no Datadog user', async () => {
    const errors = [{ message: 'x', extensions: { code: 'UPSTREAM_TIMEOUT', provider: 'HEYGEN' } }];
    const fetch = responding(() => ({ data: { viewer: { datadog: null } }, errors }));
    assert.equal((await createRolecallClient({ url, fetch }).can('a')).granted, null);
  });
});

test('what the function for headers throws reaches every caller as it is', async () => {
  const reason = new Error('signed out');
  const client = createRolecallClient({ url, headers: () => Promise.reject(reason) });
  const settled = await Promise.allSettled([client.can('a'), client.can('b'), client.viewer()]);
  assert.deepEqual(settled, Array(3).fill({ status: 'rejected', reason }));
});

test('the codes are those of Rolecall’s README', () => {
  const readme = readFileSync(`${import.meta.dirname}/../../README.md`, 'utf8');
  const documented = [...readme.matchAll(/^\| `([A-Z_]+)` \| (\d+|) \| /gm)].map(
    ([, code]) => code,
  );
  const source = readFileSync(`${import.meta.dirname}/../src/errors.ts`, 'utf8');
  const [, , ...known] = [...source.matchAll(/^ {2}\| '([A-Z_]+)'$/gm)].map(([, code]) => code);
  assert.ok(documented.length > 20);
  assert.deepEqual(known.sort(), documented.sort());
});
