import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { json, type Script } from '../support/upstream.ts';
import { failuresOf, latency, startLoad } from './clients.ts';
import { until } from './copies.ts';
import { type CopyProcess, keysOf, startThree, WITH_OWN_KEYS } from './processes.ts';

const CLIENTS = 16;
const PHASE_MS = 500;
const respond = json({ data: { type: 'users', id: 'x', attributes: { name: 'Ada' } } });

/** A vendor that can keep its responses back, and that sees which calls are broken off. */
function createVendor() {
  let held: PromiseWithResolvers<void> | undefined;
  const counts = { waiting: 0, brokenOff: 0 };
  const script: Script = async (response, ...call) => {
    counts.waiting += 1;
    response.once('close', () => {
      if (!response.writableFinished) counts.brokenOff += 1;
    });
    await held?.promise;
    counts.waiting -= 1;
    respond(response, ...call);
  };
  /** Breaks calls off while all clients wait, and then lets the vendor respond. */
  async function breakOff(end: () => Promise<unknown>): Promise<void> {
    const before = counts.brokenOff;
    held = Promise.withResolvers();
    await until(() => counts.waiting === CLIENTS);
    await end();
    await until(() => counts.brokenOff > before);
    held.resolve();
    held = undefined;
  }
  return { script, counts, breakOff };
}

/** Three copies under load, which call a vendor for every request. */
async function startLoaded() {
  await using started = new AsyncDisposableStack();
  const three = started.use(await startThree({ ...WITH_OWN_KEYS, CACHE_TTL_SECONDS: '0' }));
  const vendor = createVendor();
  three.state.script = vendor.script;
  const load = startLoad(three.url, {
    clients: CLIENTS,
    pauseMs: 5,
    // Equal calls at the same time would be one.
    headers: keysOf,
  });
  started.use(load);
  await Promise.all(three.copies.map(serves));
  const held = started.move();
  return { ...three, vendor, load, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Resolves once HAProxy uses this copy. */
function serves(copy: CopyProcess): Promise<void> {
  return until(async () => {
    await delay(50);
    return copy.operations() > 0;
  });
}

type Loaded = Awaited<ReturnType<typeof startLoaded>>;

async function assertAllServed({ load, haproxy, vendor }: Loaded, context: TestContext) {
  const sent = await load.stop();
  context.diagnostic(
    `${sent.length} requests; p50 ${latency(sent, 0.5)} ms, p99 ${latency(sent, 0.99)} ms, slowest ${latency(sent, 1)} ms; ${haproxy.retries()} retries, ${vendor.counts.brokenOff} calls broken off`,
  );
  assert.deepEqual(failuresOf(sent), {});
  assert.deepEqual([...new Set(sent.map(({ name }) => name))], ['Ada']);
}

describe('under load, no request fails', () => {
  test('when each copy in turn is killed and started again', async (context) => {
    await using three = await startLoaded();
    for (const copy of three.copies) {
      await three.vendor.breakOff(copy.kill);
      await delay(PHASE_MS);
      await copy.start();
      await serves(copy);
    }
    await assertAllServed(three, context);
  });

  test('when all copies but one are killed', async (context) => {
    await using three = await startLoaded();
    const [a, b] = three.copies;
    await three.vendor.breakOff(() => Promise.all([a.kill(), b.kill()]));
    await delay(2 * PHASE_MS);
    await assertAllServed(three, context);
  });

  test('or is sent twice, when each copy in turn is stopped and started again', async (context) => {
    await using three = await startLoaded();
    for (const copy of three.copies) {
      await copy.stop();
      await delay(PHASE_MS);
      await copy.start();
      await serves(copy);
    }
    await assertAllServed(three, context);
    assert.equal(three.vendor.counts.brokenOff, 0);
    assert.equal(three.haproxy.retries(), 0);
  });
});
