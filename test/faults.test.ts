import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as datadogFixtures from './fixtures/datadog.ts';
import * as heygenFixtures from './fixtures/heygen.ts';
import { stopTime } from './support/clock.ts';
import { ATTEMPT_MS, type Fault, faults } from './support/faults.ts';
import { createRolecallFor } from './support/rolecall.ts';
import { json, startUpstream, type Upstream } from './support/upstream.ts';

const good = { datadog: datadogFixtures.userDocument(), heygen: heygenFixtures.v1() };
const ids = { datadog: datadogFixtures.USER_ID, heygen: heygenFixtures.USERNAME };

/**
 * One provider has this fault and the other none: what the caller gets of both.
 * @param pass lets time pass, where it is stopped
 */
async function assertFault(
  faulty: 'datadog' | 'heygen',
  fault: Fault,
  pass?: (response: Promise<unknown>, faultyUpstream: Upstream) => Promise<void>,
) {
  const sound = faulty === 'datadog' ? 'heygen' : 'datadog';
  await using faultyUpstream = await startUpstream(fault.script);
  await using soundUpstream = await startUpstream(json(good[sound]));
  const upstreams = { [faulty]: faultyUpstream, [sound]: soundUpstream };
  const rolecall = createRolecallFor(upstreams, {
    HEYGEN_API_VERSION: 'v1',
    UPSTREAM_DEADLINE_MS: '30000',
    UPSTREAM_TIMEOUT_MS: String(ATTEMPT_MS),
  });

  const response = rolecall.query(
    '{ viewer { datadog { id displayName } heygen { id displayName } } }',
  );
  await pass?.(response, faultyUpstream);
  const { status, data, errors } = await response;

  assert.equal(status, 200);
  assert.deepEqual(data.viewer[sound], { id: ids[sound], displayName: 'Ada Fictional' });
  if (fault.code === undefined) {
    assert.equal(errors, undefined);
    assert.deepEqual(data.viewer[faulty], { id: ids[faulty], displayName: 'Ada Fictional' });
  } else {
    assert.equal(data.viewer[faulty], null);
    assert.equal(errors?.length, 1);
    assert.deepEqual(errors?.[0]?.path, ['viewer', faulty]);
    assert.equal(errors?.[0]?.extensions?.['code'], fault.code, errors?.[0]?.message);
    assert.equal(errors?.[0]?.extensions?.['retryAfter'], fault.retryAfter);
  }
  assert.equal(faultyUpstream.seen.length, fault.attempts);
  assert.equal(soundUpstream.seen.length, 1);
  assert.equal(({} as Record<string, unknown>)['name'], undefined);
}

/** Nothing ends in half of an attempt's time; then the vendor responds, or the other half passes too. */
async function assertLongFault(faulty: 'datadog' | 'heygen', fault: Fault) {
  using time = stopTime();
  await assertFault(faulty, fault, async (response, { seen }) => {
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    response.then(end, end);
    await turns();
    // The wait before a retry, where there is one.
    while (seen.length < fault.attempts) {
      time.advance(100);
      await turns();
    }
    time.advance(ATTEMPT_MS / 2 - 1);
    await turns();
    assert.equal(hasEnded, false);
    time.advance(1);
    if (fault.code !== undefined) time.advance(ATTEMPT_MS / 2);
  });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
}

for (const provider of ['datadog', 'heygen'] as const) {
  const all = Object.entries(faults(good[provider], provider === 'datadog'));
  describe(`where ${provider} has a fault and the other none`, { concurrency: 4 }, () => {
    for (const [name, fault] of all.filter(([, { isLong }]) => !isLong)) {
      test(`${provider}: ${name}`, () => assertFault(provider, fault));
    }
  });
  describe(`where ${provider} has a long fault and the other none`, () => {
    for (const [name, fault] of all.filter(([, { isLong }]) => isLong)) {
      test(`${provider}: ${name}`, () => assertLongFault(provider, fault));
    }
  });
}

test('the connection of a body that is too large is dropped', async () => {
  const dropped = Promise.withResolvers<void>();
  await using datadog = await startUpstream((response) => {
    response.writeHead(200);
    response.once('close', dropped.resolve);
    const timer = setInterval(() => response.write(Buffer.alloc(64 * 1024, ' ')), 1);
    response.once('close', () => clearInterval(timer));
  });
  const rolecall = createRolecallFor({ datadog }, { UPSTREAM_MAX_BYTES: '100000' });
  const { errors } = await rolecall.query('{ viewer { datadog { id } } }');
  assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_INVALID_RESPONSE');
  assert.match(errors?.[0]?.message ?? '', /larger than 100000 bytes/);
  await dropped.promise;
});
