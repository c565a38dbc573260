import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as datadogFixtures from './fixtures/datadog.ts';
import * as heygenFixtures from './fixtures/heygen.ts';
import { type Fault, faults } from './support/faults.ts';
import { createServerGateway } from './support/gateway.ts';
import { json, startUpstream } from './support/upstream.ts';

const TIMEOUT_MS = 1_500;

const good = { datadog: datadogFixtures.userDocument(), heygen: heygenFixtures.v1() };
const ids = { datadog: datadogFixtures.USER_ID, heygen: heygenFixtures.USERNAME };

/** One provider has this fault and the other none: what the caller gets of both. */
async function assertFault(faulty: 'datadog' | 'heygen', fault: Fault) {
  const sound = faulty === 'datadog' ? 'heygen' : 'datadog';
  await using faultyUpstream = await startUpstream(fault.script);
  await using soundUpstream = await startUpstream(json(good[sound]));
  const upstreams = { [faulty]: faultyUpstream, [sound]: soundUpstream };
  const gateway = createServerGateway(upstreams, {
    HEYGEN_API_VERSION: 'v1',
    UPSTREAM_DEADLINE_MS: '30000',
    UPSTREAM_TIMEOUT_MS: String(fault.lasts === 'attempt' ? TIMEOUT_MS : 20_000),
  });

  const started = performance.now();
  const { status, data, errors } = await gateway.query(
    '{ viewer { datadog { id displayName } heygen { id displayName } } }',
  );
  const took = performance.now() - started;

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
  if (fault.lasts === 'attempt') assert.ok(took >= TIMEOUT_MS - 20, `took ${took} ms`);
}

describe('the fault matrix', { concurrency: 4 }, () => {
  for (const provider of ['datadog', 'heygen'] as const) {
    for (const [name, fault] of Object.entries(faults(good[provider], provider === 'datadog'))) {
      test(`${provider}: ${name}`, () => assertFault(provider, fault));
    }
  }
});

test('the connection of a body that is too large is dropped', async () => {
  const dropped = Promise.withResolvers<void>();
  await using datadog = await startUpstream((response) => {
    response.writeHead(200);
    response.once('close', dropped.resolve);
    const timer = setInterval(() => response.write(Buffer.alloc(64 * 1024, ' ')), 1);
    response.once('close', () => clearInterval(timer));
  });
  const gateway = createServerGateway({ datadog }, { UPSTREAM_MAX_BYTES: '100000' });
  const { errors } = await gateway.query('{ viewer { datadog { id } } }');
  assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_INVALID_RESPONSE');
  assert.match(errors?.[0]?.message ?? '', /larger than 100000 bytes/);
  await dropped.promise;
});
