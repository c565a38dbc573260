import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Slot, Slots } from '../src/upstream/slots.ts';
import { stopTime } from './support/clock.ts';

/** How long a call may wait for a slot. Time is stopped, because waiting calls would keep a real timer running. */
const WAIT_MS = 60_000;
let time: ReturnType<typeof stopTime>;
beforeEach(() => {
  time = stopTime();
});
afterEach(() => time[Symbol.dispose]());

/** Slots, and the credentials that got one, in order. */
function slotsOf(slots: number, queue: number) {
  const site = new Slots(slots, queue);
  const got: string[] = [];
  const held: { credential: string; slot: Slot }[] = [];
  const failures: [string, string][] = [];
  return {
    site,
    got,
    failures,
    take(credential: string, { isAccepted = true, signal = new AbortController().signal } = {}) {
      const has = (slot: Slot) => {
        got.push(credential);
        held.push({ credential, slot });
      };
      try {
        const taken = site.take(credential, isAccepted, signal, WAIT_MS);
        if (!(taken instanceof Promise)) has(taken);
        else taken.then(has, ({ kind }) => failures.push([credential, kind]));
      } catch (error) {
        failures.push([credential, (error as { kind: string }).kind]);
      }
    },
    async giveBack(credential: string) {
      const i = held.findIndex((one) => one.credential === credential);
      const [holder] = held.splice(i, 1);
      assert.ok(holder, `${credential} holds none of ${got}`);
      site.giveBack(holder.slot);
      await nextTurn();
    },
  };
}

const times = (count: number, what: () => void) => {
  for (let i = 0; i < count; i += 1) what();
};

describe('slots of a site are shared fairly', () => {
  test('one credential alone gets all slots, in the order of its calls', async () => {
    const { got, take, giveBack } = slotsOf(3, 10);
    times(3, () => take('a'));
    assert.equal(got.length, 3);
    const left = new AbortController();
    take('a', { signal: left.signal });
    take('a');
    left.abort();
    await giveBack('a');
    assert.equal(got.length, 4);
  });

  test('the credential that holds the fewest slots comes first, then the one that waited longest', async () => {
    const { got, take, giveBack } = slotsOf(2, 10);
    times(6, () => take('a'));
    times(3, () => take('b'));
    take('c');
    for (const holder of ['a', 'a', 'b', 'c', 'a', 'b', 'a']) await giveBack(holder);
    assert.deepEqual(got, ['a', 'a', 'b', 'c', 'a', 'b', 'a', 'b', 'a']);
  });

  test('one slot goes from credential to credential', async () => {
    const { got, take, giveBack } = slotsOf(1, 20);
    times(6, () => take('a'));
    times(3, () => take('b'));
    for (const holder of ['a', 'b', 'a', 'b', 'a', 'b']) await giveBack(holder);
    assert.deepEqual(got, ['a', 'b', 'a', 'b', 'a', 'b', 'a']);
  });

  test('credentials that are not accepted have one share together, and take turns in it', async () => {
    const { got, take, giveBack } = slotsOf(2, 20);
    times(3, () => take('x', { isAccepted: false }));
    for (const stranger of ['y', 'z', 'y']) take(stranger, { isAccepted: false });
    times(3, () => take('a'));
    for (const holder of ['x', 'x', 'a', 'y', 'a', 'z']) await giveBack(holder);
    assert.deepEqual(got, ['x', 'x', 'a', 'y', 'a', 'z', 'a', 'x']);
  });

  test('the share that holds fewer slots comes first, whichever got one last', async () => {
    const { got, take, giveBack } = slotsOf(4, 20);
    for (const stranger of ['w', 'x', 'y']) take(stranger, { isAccepted: false });
    take('a');
    take('z', { isAccepted: false });
    take('a');
    await giveBack('w');
    assert.deepEqual(got.slice(4), ['a']);
  });

  test('of shares that hold as many slots, the one that got its last slot longest ago comes first', async () => {
    const { got, take, giveBack } = slotsOf(3, 20);
    take('a');
    for (const stranger of ['x', 'y', 'z']) take(stranger, { isAccepted: false });
    take('a');
    await giveBack('x');
    assert.deepEqual(got.slice(3), ['a']);
  });

  test('in the common share, too, the credential that holds fewer slots comes first', async () => {
    const { got, take, giveBack } = slotsOf(4, 20);
    for (const stranger of ['x', 'x', 'y', 'z', 'x', 'y']) take(stranger, { isAccepted: false });
    await giveBack('z');
    assert.deepEqual(got.slice(4), ['y']);
  });

  test('a credential that is accepted while it holds a slot takes it out of the common share', async () => {
    for (const [order, expected] of [
      [['a', 'x', 'y'], 'a'],
      [['x', 'y', 'a'], 'z'],
    ] as const) {
      const { got, take, giveBack } = slotsOf(3, 20);
      for (const stranger of [...order, 'z']) take(stranger, { isAccepted: false });
      take('a');
      await giveBack('y');
      assert.deepEqual(got.slice(3), [expected]);
    }
  });

  test('a credential that is accepted while it waits takes its waiting calls out of the common share', async () => {
    const { failures, take } = slotsOf(1, 5);
    take('b');
    for (const stranger of ['a', 'a', 'x', 'x']) take(stranger, { isAccepted: false });
    take('a');
    take('c');
    await nextTurn();
    assert.deepEqual(failures, [['a', 'overflow']], 'three of a’s wait, and two of strangers');
  });

  test('a credential is forgotten once it has nothing under way', async () => {
    const { got, take, giveBack } = slotsOf(1, 5);
    take('a');
    await giveBack('a');
    for (const credential of ['c', 'a', 'b']) take(credential);
    await giveBack('c');
    assert.deepEqual(got, ['a', 'c', 'a']);
  });

  test('a credential that is accepted meanwhile leaves the common share', async () => {
    const { got, take, giveBack } = slotsOf(2, 20);
    for (const stranger of ['a', 'x', 'x', 'a']) take(stranger, { isAccepted: false });
    take('a');
    await giveBack('a');
    assert.deepEqual(got, ['a', 'x', 'a'], 'it holds none, they hold one');
    await giveBack('x');
    assert.deepEqual(got, ['a', 'x', 'a', 'x'], 'it holds one, they hold none');
  });

  test('an accepted credential that holds no slot gets one of the reserve where others hold all slots', async () => {
    const { got, take, giveBack } = slotsOf(8, 10);
    times(9, () => take('x', { isAccepted: false }));
    take('y', { isAccepted: false });
    times(2, () => take('a'));
    take('b');
    take('c');
    assert.deepEqual(got.slice(8), ['a', 'b'], 'two for eight');
    await giveBack('a');
    assert.deepEqual(got.slice(10), ['c']);
    await giveBack('x');
    await giveBack('x');
    assert.deepEqual(got.slice(11), ['a'], 'the other slots are given to others as they get free');
  });

  test('where too many calls wait, the last call of the credential with the most waiting is refused', async () => {
    const { got, failures, take, giveBack } = slotsOf(1, 4);
    times(4, () => take('a'));
    take('b');
    take('c');
    await nextTurn();
    assert.deepEqual(failures, [['a', 'overflow']], 'one of three');
    take('c');
    take('b');
    assert.deepEqual(failures.slice(1), [
      ['c', 'overflow'],
      ['b', 'overflow'],
    ]);
    for (const holder of ['a', 'b', 'c', 'a']) await giveBack(holder);
    assert.deepEqual(got, ['a', 'b', 'c', 'a', 'a']);
  });

  test('many credentials that are not accepted refuse each other, not one that is', async () => {
    const { failures, take } = slotsOf(1, 4);
    take('v', { isAccepted: false });
    for (const stranger of ['w', 'x', 'y', 'z']) take(stranger, { isAccepted: false });
    times(2, () => take('a'));
    await nextTurn();
    assert.deepEqual(
      failures.map(([credential]) => credential),
      ['w', 'x'],
    );
    take('z', { isAccepted: false });
    assert.deepEqual(failures.at(2), ['z', 'overflow']);
  });

  test('a caller who left or was refused keeps no turn', async () => {
    const { got, failures, take, giveBack } = slotsOf(1, 2);
    take('a');
    const left = new AbortController();
    take('b', { signal: left.signal });
    take('c');
    left.abort();
    await giveBack('a');
    assert.deepEqual([got, failures], [['a', 'c'], [['b', 'cancelled']]]);
    await giveBack('c');
    take('d');
    assert.deepEqual(got, ['a', 'c', 'd'], 'and no slot');
  });

  test('a caller who leaves while holding a slot costs no waiting caller a turn', async () => {
    const { got, failures, take, giveBack } = slotsOf(1, 2);
    take('a');
    const left = new AbortController();
    take('b', { signal: left.signal });
    await giveBack('a');
    take('c');
    left.abort();
    await giveBack('b');
    assert.deepEqual([got, failures], [['a', 'b', 'c'], []]);
  });

  test('of two credentials that are not accepted, the one with one more call waiting keeps it', async () => {
    const { failures, take } = slotsOf(1, 3);
    for (const stranger of ['w', 'x', 'x', 'y', 'y']) take(stranger, { isAccepted: false });
    await nextTurn();
    assert.deepEqual(failures, [['y', 'overflow']]);
  });

  test('a call that waited too long keeps no turn', async () => {
    const { got, failures, take, giveBack } = slotsOf(1, 2);
    take('a');
    take('b');
    time.advance(WAIT_MS / 2);
    take('c');
    time.advance(WAIT_MS / 2 - 1);
    await nextTurn();
    assert.deepEqual(failures, []);
    time.advance(1);
    await nextTurn();
    await giveBack('a');
    assert.deepEqual([got, failures], [['a', 'c'], [['b', 'timeout']]]);
  });
});
