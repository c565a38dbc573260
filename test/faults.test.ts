import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { stopTime } from './support/clock.ts';
import { ATTEMPT_MS, type Fault, faults } from './support/faults.ts';
import { fixtures, goodVendor, ofAll, type ProviderFixture } from './support/providers.ts';
import { createRolecallFor } from './support/rolecall.ts';
import { startUpstream, type Upstream } from './support/upstream.ts';

/**
 * Asserts what a caller gets if one provider has this fault and the others have none.
 * @param pass advances the time, if it is stopped
 */
async function assertFault(
  faulty: ProviderFixture,
  fault: Fault,
  pass?: (response: Promise<unknown>, faultyUpstream: Upstream) => Promise<void>,
) {
  await using started = new AsyncDisposableStack();
  const upstreams: Record<string, Upstream> = {};
  for (const fixture of fixtures) {
    const script = fixture === faulty ? fault.script : goodVendor(fixture);
    upstreams[fixture.provider.field] = started.use(await startUpstream(script));
  }
  const rolecall = createRolecallFor(upstreams, {
    ...ofAll('variables'),
    UPSTREAM_DEADLINE_MS: '30000',
    UPSTREAM_TIMEOUT_MS: String(ATTEMPT_MS),
  });

  const fields = fixtures.map(({ provider }) => `${provider.field} { id displayName }`);
  const response = rolecall.query(`{ viewer { ${fields.join(' ')} } }`);
  await pass?.(response, upstreams[faulty.provider.field] as Upstream);
  const { status, data, errors } = await response;

  assert.equal(status, 200);
  const { code, retryAfter, attempts } = fault;
  const path = ['viewer', faulty.provider.field];
  assert.deepEqual(
    errors?.map((error) => ({
      path: error.path,
      code: error.extensions?.['code'],
      retryAfter: error.extensions?.['retryAfter'],
    })),
    code === undefined ? undefined : [{ path, code, retryAfter }],
    errors?.[0]?.message,
  );
  for (const fixture of fixtures) {
    const { field } = fixture.provider;
    const { id, displayName } = fixture.user;
    const isNull = fixture === faulty && code !== undefined;
    assert.deepEqual(data.viewer[field], isNull ? null : { id, displayName });
    assert.equal(upstreams[field]?.seen.length, fixture === faulty ? attempts : 1);
  }
  assert.equal(({} as Record<string, unknown>)['name'], undefined);
}

/** Nothing ends within half an attempt's timeout. Then the vendor responds, or the other half passes too. */
async function assertLongFault(faulty: ProviderFixture, fault: Fault) {
  using time = stopTime();
  await assertFault(faulty, fault, async (response, { seen }) => {
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    response.then(end, end);
    await turns();
    // Wait for the retries, if there are any.
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

for (const fixture of fixtures) {
  const { title } = fixture.provider;
  const all = Object.entries(faults(fixture.response, fixture.faults));
  describe(`where ${title} has a fault and the others none`, { concurrency: 4 }, () => {
    for (const [name, fault] of all.filter(([, { isLong }]) => !isLong)) {
      test(`${title}: ${name}`, () => assertFault(fixture, fault));
    }
  });
  describe(`where ${title} has a long fault and the others none`, () => {
    for (const [name, fault] of all.filter(([, { isLong }]) => isLong)) {
      test(`${title}: ${name}`, () => assertLongFault(fixture, fault));
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
