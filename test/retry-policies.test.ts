import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toResponse } from '../src/upstream/response.ts';
import { retryAfterSeconds } from '../src/upstream/retry.ts';
import {
  httpPolicy,
  type RetryPolicy,
  readRetryAfter,
  windowPolicy,
} from '../src/upstream/retry-policy.ts';
import { responseError } from '../src/upstream/vendor-error.ts';
import { stopTime } from './support/clock.ts';
import { inTurn, json, startUpstream, text } from './support/upstream.ts';
import { upstreamOf, watchWait } from './support/way.ts';

const DATE = 'Fri, 03 Jul 2026 13:37:00 GMT';
const GARBAGE = ['', '-5', 'NaN', 'soon', '1e9', '0x10', 'Infinity'];
const RESET = 'x-ratelimit-reset';

const datadogLike = windowPolicy(RESET);

/**
 * Also uses 403 for rate limits, sends the end of the window as seconds since 1970, and expects a pause of a minute if it
 * sends none (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */
const githubLike: RetryPolicy = {
  isRateLimit: ({ status, headers }) =>
    status === 429 ||
    (status === 403 &&
      (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined)),
  isRetryable: (head) => httpPolicy.isRetryable(head) || githubLike.isRateLimit(head),
  secondsToWait(head) {
    if (!githubLike.isRateLimit(head)) return httpPolicy.secondsToWait(head);
    const { headers } = head;
    const seconds = readRetryAfter(headers);
    if (seconds !== undefined) return seconds;
    if (headers['x-ratelimit-remaining'] !== '0') return 60;
    return Number(headers[RESET]) - Date.parse(headers.date ?? '') / 1000;
  },
};

const vendor = {
  name: 'FICTIONAL',
  title: 'Fictional',
  credentialsHint: 'Look at the key.',
  permissionHint: 'Look at the permission.',
};

/** The seconds to wait after a response with these headers. */
const seconds = (policy: RetryPolicy, headers: Record<string, string>, status = 429) =>
  retryAfterSeconds(policy, { status, headers: { date: DATE, ...headers } });

/** The extensions of the error that a caller gets. */
const extensions = (retryPolicy: RetryPolicy, status: number, headers: Record<string, string>) =>
  responseError(
    { ...vendor, retryPolicy },
    toResponse(status, { date: DATE, ...headers }, Buffer.from(''), 100),
    undefined,
    [],
  ).extensions;

for (const [name, policy] of [
  ['HTTP’s own policy', httpPolicy],
  ['a policy with a header of the window’s seconds', datadogLike],
  ['a policy like GitHub’s', githubLike],
] as const) {
  test(`${name} reads Retry-After in every form, within a floor and a cap`, () => {
    for (const status of [429, 503]) {
      const wait = (value: string) => seconds(policy, { 'retry-after': value }, status);
      assert.equal(wait('30'), 30);
      assert.equal(wait('1.2'), 2);
      assert.equal(wait('Fri, 03 Jul 2026 13:38:00 GMT'), 60);
      assert.equal(wait('Fri, 03 Jul 2026 13:38:30 GMT'), 90);
      assert.equal(wait('Fri, 03 Jul 2026 13:36:00 GMT'), 1);
      assert.equal(wait('0'), 1);
      assert.equal(wait('99999999999'), 86_400);
    }
    for (const garbage of GARBAGE) {
      assert.equal(seconds(policy, { 'retry-after': garbage }, 503), undefined, garbage);
    }
  });
}

test('a date in Retry-After is compared with this machine’s clock where the response has no Date', ({
  mock,
}) => {
  mock.timers.enable({ apis: ['Date'], now: Date.parse(DATE) });
  assert.equal(readRetryAfter({ 'retry-after': 'Fri, 03 Jul 2026 13:37:30 GMT' }), 30);
});

describe('HTTP’s own policy', () => {
  test('retries 429 and the server errors that may pass', () => {
    const retried = Array.from({ length: 300 }, (_, index) => 300 + index).filter((status) =>
      httpPolicy.isRetryable({ status, headers: {} }),
    );
    assert.deepEqual(retried, [429, 500, 502, 503, 504]);
  });

  test('knows no vendor’s header', () => {
    assert.equal(seconds(httpPolicy, { [RESET]: '17' }), undefined);
  });
});

describe('a policy with a header of the window’s seconds', () => {
  test('reads it on a 429 that has no Retry-After', () => {
    assert.equal(seconds(datadogLike, { [RESET]: '0' }), 1);
    assert.equal(seconds(datadogLike, { [RESET]: '17' }), 17);
    assert.equal(seconds(datadogLike, { 'retry-after': '3', [RESET]: '17' }), 3);
    assert.equal(seconds(datadogLike, { 'retry-after': 'soon', [RESET]: '17' }), 17);
    for (const garbage of GARBAGE) {
      const headers = { 'retry-after': garbage, [RESET]: garbage };
      assert.equal(seconds(datadogLike, headers), undefined, garbage);
    }
  });

  test('does not read it on another status', () => {
    for (const status of [403, 503]) {
      assert.equal(seconds(datadogLike, { [RESET]: '17' }, status), undefined);
    }
    assert.deepEqual(extensions(datadogLike, 403, { [RESET]: '17' }), {
      code: 'UPSTREAM_FORBIDDEN',
      provider: 'FICTIONAL',
      status: 403,
    });
  });
});

describe('a policy like GitHub’s', () => {
  const resetIn = (wait: number) => ({
    'x-ratelimit-remaining': '0',
    [RESET]: String(Date.parse(DATE) / 1000 + wait),
  });
  const limited = (status: number, retryAfter: number) => ({
    code: 'UPSTREAM_RATE_LIMITED',
    provider: 'FICTIONAL',
    status,
    retryAfter,
  });

  test('takes a 403 whose window is used up for a rate limit, until the window ends', () => {
    assert.deepEqual(extensions(githubLike, 403, resetIn(17)), limited(403, 17));
    assert.equal(extensions(githubLike, 403, {}).code, 'UPSTREAM_FORBIDDEN');
  });

  test('asks for a minute’s silence after a bare 429', () => {
    assert.deepEqual(extensions(githubLike, 429, {}), limited(429, 60));
  });

  test('has a 403 retried when its window begins again, and no sooner', async () => {
    using timers = stopTime();
    const script = inTurn(text('', 403, { date: DATE, ...resetIn(5) }), json({}));
    await using site = await startUpstream(script);
    const { policy, waiting } = watchWait(githubLike);
    const { get, reports } = upstreamOf(site, {}, policy);
    const call = get('a');
    // Without a retry, the call ends.
    await Promise.race([waiting, call]);
    await nextTurn();
    timers.advance(4_999);
    await nextTurn();
    assert.equal(site.seen.length, 1);
    timers.advance(1);
    assert.equal((await call).status, 200);
    assert.deepEqual(
      reports.map(({ attempts }) => attempts),
      [2],
    );
  });

  test('has a bare 429 not retried where the minute ends after the deadline', async () => {
    await using site = await startUpstream(text('', 429));
    const { get } = upstreamOf(site, {}, githubLike);
    assert.equal((await get('a')).status, 429);
    assert.equal(site.seen.length, 1);
  });
});
