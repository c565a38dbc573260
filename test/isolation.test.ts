import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as datadogFixtures from './fixtures/datadog.ts';
import * as heygenFixtures from './fixtures/heygen.ts';
import { shortenWaits, stopClock } from './support/clock.ts';
import { codesOf, createRolecall, dataOf } from './support/rolecall.ts';
import { json, type Script, startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

const RESET_MS = 10_000;
const FLOOD = 64 + 256;

const vendors = {
  datadog: {
    variable: 'DATADOG_API_URL',
    body: datadogFixtures.userDocument(),
    header: 'dd-api-key',
    keys: (key: string) => ({ 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key }),
  },
  heygen: {
    variable: 'HEYGEN_API_URL',
    body: heygenFixtures.v1(),
    header: 'x-api-key',
    keys: (key: string) => ({ 'X-HeyGen-Api-Key': key }),
  },
};

const attackers = Array.from({ length: 8 }, (_, i) => `attacker-${i}`);

for (const [name, { variable, body, header, keys }] of Object.entries(vendors)) {
  /** A vendor with this script for attackers, and a Rolecall whose callers send their own keys. */
  async function attacked(attack: Script) {
    const vendor = await startUpstream((response, seen, call) =>
      (String(seen.headers[header]).startsWith('attacker') ? attack : json(body))(
        response,
        seen,
        call,
      ),
    );
    const rolecall = createRolecall({
      CREDENTIALS: 'request',
      RATE_LIMIT: '0',
      UPSTREAM_RETRIES: '0',
      [variable]: vendor.url,
    });
    return {
      vendor,
      ask: (key: string, signal?: AbortSignal) =>
        rolecall.query(`{ viewer { ${name} { id } } }`, {
          headers: keys(key),
          ...(signal && { signal }),
        }),
    };
  }

  describe(`what others do to ${name} harms nobody`, () => {
    test('one key that draws a 500 each time', async () => {
      using _clock = stopClock();
      const { vendor, ask } = await attacked(text('', 500));
      await using _vendor = vendor;
      for (let i = 0; i < 10; i += 1) {
        await ask('attacker');
        dataOf(await ask('victim'));
      }
      assert.equal(vendor.seen.length, 5 + 10, 'the attacker’s breaker opened');
    });

    test('many keys that draw a 500 each time, before anybody was served', async () => {
      using _clock = stopClock();
      const { vendor, ask } = await attacked(text('', 500));
      await using _vendor = vendor;
      for (let i = 0; i < 6; i += 1) await Promise.all(attackers.map((key) => ask(key)));
      dataOf(await ask('victim'));
    });

    test('many keys that are accepted and draw a 500 then', async () => {
      using clock = stopClock();
      let isAttack = false;
      const { vendor, ask } = await attacked((...call) =>
        (isAttack ? text('', 500) : json(body))(...call),
      );
      await using _vendor = vendor;
      for (const key of attackers) dataOf(await ask(key));
      isAttack = true;
      for (let i = 0; i < 3; i += 1) {
        for (const key of attackers) await ask(key);
        dataOf(await ask('victim'));
        clock.advance(RESET_MS);
      }
    });

    test('callers who leave while their calls probe', async () => {
      using clock = stopClock();
      let isDown = true;
      const vendor = await startUpstream((response, seen, call) => {
        if (isDown) text('', 503)(response, seen, call);
        else if (seen.headers[header] === 'victim') json(body)(response, seen, call);
      });
      await using _vendor = vendor;
      const rolecall = createRolecall({
        CREDENTIALS: 'request',
        UPSTREAM_RETRIES: '0',
        [variable]: vendor.url,
      });
      const query = `{ viewer { ${name} { id } } }`;
      const ask = (key: string) => rolecall.query(query, { headers: keys(key) });
      for (let i = 0; i < 5; i += 1) {
        for (const key of [...attackers, 'victim']) await ask(key);
      }
      assert.deepEqual(codesOf(await ask('victim')), {
        [`viewer.${name}`]: 'UPSTREAM_UNAVAILABLE',
      });
      isDown = false;
      clock.advance(RESET_MS);
      const before = vendor.seen.length;
      const callers = attackers.slice(0, 3).map((key) => {
        const caller = new AbortController();
        const { signal } = caller;
        return {
          caller,
          left: assert.rejects(rolecall.query(query, { headers: keys(key), signal })),
        };
      });
      while (vendor.seen.length < before + 3) await nextTurn();
      for (const { caller, left } of callers) {
        caller.abort();
        await left;
      }
      dataOf(await ask('victim'));
    });

    test('a flood of invented keys that hang', async () => {
      const { vendor, ask } = await attacked(() => {});
      await using _vendor = vendor;
      dataOf(await ask('victim'));
      const leave = new AbortController();
      const flood = Array.from({ length: FLOOD + 1 }, (_, i) =>
        ask(`attacker-${i}`, leave.signal).then(codesOf, () => 'left'),
      );
      await Promise.race(flood);
      for (let i = 0; i < 5; i += 1) dataOf(await ask('victim'));
      leave.abort();
      assert.equal((await Promise.all(flood)).filter((how) => how === 'left').length, FLOOD);
    });
  });
}

describe('a site that is down costs another nothing', () => {
  test('its breaker is its own', async () => {
    await using down = await startUpstream(text('', 500));
    await using sound = await startUpstream(json({}));
    const { get } = upstreamOf(down, { breakerFailures: 1, retries: 0 });
    await get('a');
    await assert.rejects(get('a'), { kind: 'open' });
    assert.equal((await get('a', sound)).status, 200);
  });

  test('its slots are its own', async () => {
    await using down = await startUpstream(() => {});
    await using sound = await startUpstream(json({}));
    const { get } = upstreamOf(down);
    const { signal, abort } = leaver();
    const calls = Array.from({ length: 400 }, () => get('a', { url: down.url, signal }));
    const failures = calls.map((call) => call.catch(({ kind }) => kind));
    assert.equal((await get('a', sound)).status, 200);
    abort();
    const kinds = Object.groupBy(await Promise.all(failures), (kind) => String(kind));
    assert.deepEqual([kinds['overflow']?.length, kinds['cancelled']?.length], [400 - FLOOD, FLOOD]);
  });

  test('its retries are its own', async () => {
    using _waits = shortenWaits();
    await using down = await startUpstream(text('', 500));
    await using flaky = await startUpstream((...call) =>
      (call[2] === 1 ? text('', 500) : json({}))(...call),
    );
    const { get } = upstreamOf(down, { retries: 5, breakerFailures: 100 });
    await get('a');
    await get('a');
    assert.equal(down.seen.length, 7, 'five retries');
    assert.equal((await get('a', flaky)).status, 200);
  });
});

test('the wall clock set back an hour changes nothing for breaker and budget', async () => {
  using clock = stopClock();
  using _waits = shortenWaits();
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  try {
    await using site = await startUpstream((...call) =>
      (call[2] <= 6 ? text('', 500) : json({}))(...call),
    );
    const { get } = upstreamOf(site, { retries: 5, breakerFailures: 1, breakerResetMs: RESET_MS });
    await get('a');
    assert.equal(site.seen.length, 6, 'five retries');
    mock.timers.setTime(Date.now() - 60 * 60 * 1000);
    await assert.rejects(get('a'), { kind: 'open' });
    clock.advance(RESET_MS);
    assert.equal((await get('a')).status, 200);
  } finally {
    mock.timers.reset();
  }
});

function leaver() {
  const leave = new AbortController();
  return { signal: leave.signal, abort: () => leave.abort() };
}
