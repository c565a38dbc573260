import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UpstreamFailure } from '../src/upstream/failure.ts';
import { SingleFlight } from '../src/upstream/single-flight.ts';

/** Calls that the test resolves or rejects. */
function createCalls() {
  const calls: (PromiseWithResolvers<string> & { signal: AbortSignal })[] = [];
  const call = (signal: AbortSignal) => {
    const made = { ...Promise.withResolvers<string>(), signal };
    calls.push(made);
    return made.promise;
  };
  return { calls, call };
}

const staying = () => new AbortController().signal;

const hasLeft = (error: unknown) => error instanceof UpstreamFailure && error.kind === 'cancelled';

describe('callers who ask at the same time', () => {
  test('share one call where their keys are the same', async () => {
    const flights = new SingleFlight<string>();
    const { calls, call } = createCalls();
    const joined = ['key', 'key', 'other key'].map((key) => flights.join(key, staying(), call));
    assert.equal(calls.length, 2);
    calls[0]?.resolve('shared');
    calls[1]?.resolve('other');
    assert.deepEqual(await Promise.all(joined), ['shared', 'shared', 'other']);
  });

  test('share its failure', async () => {
    const flights = new SingleFlight<string>();
    const { calls, call } = createCalls();
    const joined = [flights.join('key', staying(), call), flights.join('key', staying(), call)];
    const failure = new Error('it failed');
    calls[0]?.reject(failure);
    for (const each of joined) await assert.rejects(each, failure);
  });

  test('share nothing with those who ask after its end, good or bad', async () => {
    const flights = new SingleFlight<string>();
    const { calls, call } = createCalls();
    const first = flights.join('key', staying(), call);
    calls[0]?.resolve('first');
    assert.equal(await first, 'first');
    const second = flights.join('key', staying(), call);
    calls[1]?.reject(new Error('second'));
    await assert.rejects(second, /second/);
    const third = flights.join('key', staying(), call);
    calls[2]?.resolve('third');
    assert.equal(await third, 'third');
  });
});

describe('a caller who leaves', () => {
  test('before asking starts no call', async () => {
    const { calls, call } = createCalls();
    await assert.rejects(new SingleFlight().join('key', AbortSignal.abort(), call), hasLeft);
    assert.equal(calls.length, 0);
  });

  test('waits no longer, while the others still get the response', async () => {
    const flights = new SingleFlight<string>();
    const { calls, call } = createCalls();
    const leaver = new AbortController();
    const left = flights.join('key', leaver.signal, call);
    const stays = flights.join('key', staying(), call);
    leaver.abort();
    await assert.rejects(left, hasLeft);
    assert.equal(calls[0]?.signal.aborted, false);
    calls[0]?.resolve('the value');
    assert.equal(await stays, 'the value');
  });

  test('as the last one ends the call, and the next caller starts another', async () => {
    const flights = new SingleFlight<string>();
    const { calls, call } = createCalls();
    const leavers = [new AbortController(), new AbortController()];
    const left = leavers.map(({ signal }) => flights.join('key', signal, call));
    leavers[0]?.abort();
    assert.equal(calls[0]?.signal.aborted, false);
    leavers[1]?.abort();
    assert.equal(calls[0]?.signal.aborted, true);
    for (const each of left) await assert.rejects(each, hasLeft);
    const next = flights.join('key', staying(), call);
    assert.equal(calls.length, 2);
    // The end of the first call must not remove the second.
    calls[0]?.reject(new Error('aborted'));
    await assert.rejects(calls[0]?.promise as Promise<string>, /aborted/);
    const joined = flights.join('key', staying(), call);
    assert.equal(calls.length, 2);
    calls[1]?.resolve('the second');
    assert.deepEqual(await Promise.all([next, joined]), ['the second', 'the second']);
  });

  test('after the response has come changes nothing', async () => {
    const flights = new SingleFlight<string>();
    const { calls, call } = createCalls();
    const leavers = [new AbortController(), new AbortController()];
    const values = leavers.map(({ signal }) => flights.join('key', signal, call));
    calls[0]?.resolve('the value');
    assert.deepEqual(await Promise.all(values), ['the value', 'the value']);
    const next = flights.join('key', staying(), call);
    for (const leaver of leavers) leaver.abort();
    assert.deepEqual(
      calls.map(({ signal }) => signal.aborted),
      [false, false],
    );
    calls[1]?.resolve('next');
    assert.equal(await next, 'next');
  });
});
