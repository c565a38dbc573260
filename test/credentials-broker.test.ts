import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stopClock } from './support/clock.ts';
import { startIssuer } from './support/issuer.ts';
import { dataOf } from './support/rolecall.ts';
import {
  createRolecallWithBroker,
  DATADOG_QUERY,
  entryOf,
  startBroker,
  startVendors,
  startWithBroker,
} from './support/stored-credentials.ts';
import { json } from './support/upstream.ts';

describe('the broker of CREDENTIALS_URL', () => {
  test('is asked for the person in the token, with the bearer token', async () => {
    await using rolecall = await startWithBroker(
      { ada: entryOf('ada') },
      { CREDENTIALS_URL_TOKEN: 'fictional-broker-token' },
    );
    assert.equal(await rolecall.nameOf('ada'), 'ada 1');
    const [{ method, path, headers, body } = assert.fail(), ...more] = rolecall.broker.seen;
    assert.deepEqual([method, path, more], ['POST', '/', []]);
    assert.equal(headers.authorization, 'Bearer fictional-broker-token');
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(body), { issuer: rolecall.issuer.url, subject: 'ada' });
  });

  test('is asked at exactly its URL, and without a token where there is none', async () => {
    await using issuer = await startIssuer();
    await using vendors = await startVendors();
    await using broker = await startBroker({ ada: entryOf('ada') });
    const { ask } = createRolecallWithBroker(issuer, vendors, broker, {
      CREDENTIALS_URL: `${broker.url}keys/of?kind=vendor`,
    });
    dataOf(await ask('ada'));
    assert.equal(broker.seen[0]?.path, '/keys/of?kind=vendor');
    assert.equal(broker.seen[0]?.headers.authorization, undefined);
  });

  test('gives each caller their own keys', async () => {
    await using rolecall = await startWithBroker({
      ada: entryOf('ada'),
      bob: { heygen: entryOf('bob').heygen },
    });
    const [ada, bob, nobody] = await Promise.all(
      ['ada', 'bob', 'nobody'].map((who) => rolecall.ask(who)),
    );
    assert.deepEqual(dataOf(ada as never), {
      viewer: {
        providers: ['DATADOG', 'HEYGEN'],
        datadog: { name: 'ada 1' },
        heygen: { username: 'ada 1' },
        users: [{ provider: 'DATADOG' }, { provider: 'HEYGEN' }],
      },
    });
    assert.deepEqual(dataOf(bob as never), {
      viewer: {
        providers: ['HEYGEN'],
        datadog: null,
        heygen: { username: 'bob 1' },
        users: [{ provider: 'HEYGEN' }],
      },
    });
    assert.deepEqual(dataOf(nobody as never), {
      viewer: { providers: [], datadog: null, heygen: null, users: [] },
    });
  });

  test('may know providers that this version does not', async () => {
    await using rolecall = await startWithBroker({
      ada: { ...entryOf('ada'), other: { key: 7 }, note: 'x' },
    });
    assert.equal(await rolecall.nameOf('ada'), 'ada 1');
  });

  test('is called once for 100 simultaneous requests of one person, and once for each of two', async () => {
    await using rolecall = await startWithBroker({ ada: entryOf('ada'), bob: entryOf('bob') });
    const subjects = Array.from({ length: 100 }, (_, i) => (i % 2 ? 'ada' : 'bob'));
    const names = await Promise.all(subjects.map(rolecall.nameOf));
    assert.deepEqual(
      names,
      subjects.map((subject) => `${subject} 1`),
    );
    assert.deepEqual(rolecall.broker.subjects().sort(), ['ada', 'bob']);
  });

  test('is not called for a request that is refused', async () => {
    await using rolecall = await startWithBroker({ ada: entryOf('ada') });
    for (const query of [
      '{ nonsense }',
      '{',
      '{ viewer { providers } } { viewer { providers } }',
    ]) {
      assert.equal((await rolecall.ask('ada', query)).data, undefined);
    }
    assert.equal(rolecall.broker.seen.length, 0);
  });

  test('answers a caller who stays, if the one who started the call leaves', async () => {
    await using rolecall = await startWithBroker({ ada: entryOf('ada') });
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    rolecall.broker.state.script = async (...call) => {
      arrived.resolve();
      await release.promise;
      json(entryOf('ada'))(...call);
    };
    const leaving = new AbortController();
    const first = rolecall.ask('ada', DATADOG_QUERY, { signal: leaving.signal }).catch(() => {});
    const second = rolecall.nameOf('ada');
    await arrived.promise;
    leaving.abort();
    await first;
    release.resolve();
    assert.equal(await second, 'ada 1');
    assert.equal(rolecall.broker.seen.length, 1);
    assert.equal(rolecall.lines().filter(({ msg }) => /CREDENTIALS_URL/.test(msg)).length, 0);
  });
});

describe('what the broker gave is remembered', () => {
  for (const [what, more, expiresIn, lasts] of [
    ['for CREDENTIALS_TTL_SECONDS', { CREDENTIALS_TTL_SECONDS: '30' }, undefined, 30],
    ['for 60 s by default', {}, undefined, 60],
    ['for expiresIn, if that is shorter', {}, 7.5, 7.5],
    ['for CREDENTIALS_TTL_SECONDS, if expiresIn is longer', {}, 3_600, 60],
  ] as const) {
    test(what, async () => {
      using clock = stopClock();
      await using rolecall = await startWithBroker({ ada: { ...entryOf('ada'), expiresIn } }, more);
      assert.equal(await rolecall.nameOf('ada'), 'ada 1');
      rolecall.broker.state.entries = { ada: { ...entryOf('ada', 2), expiresIn } };
      clock.advance(lasts * 1000 - 1);
      assert.equal(await rolecall.nameOf('ada'), 'ada 1');
      clock.advance(2);
      assert.equal(await rolecall.nameOf('ada'), 'ada 2');
      assert.equal(rolecall.broker.seen.length, 2);
    });
  }

  for (const [what, more, expiresIn] of [
    ['CREDENTIALS_TTL_SECONDS is 0', { CREDENTIALS_TTL_SECONDS: '0' }, undefined],
    ['expiresIn is 0', {}, 0],
  ] as const) {
    test(`not at all if ${what}`, async () => {
      await using rolecall = await startWithBroker({ ada: { ...entryOf('ada'), expiresIn } }, more);
      await rolecall.nameOf('ada');
      rolecall.broker.state.entries = { ada: { ...entryOf('ada', 2), expiresIn } };
      assert.equal(await rolecall.nameOf('ada'), 'ada 2');
    });
  }

  test('also that it knows nobody, for as long', async () => {
    using clock = stopClock();
    await using rolecall = await startWithBroker({});
    assert.equal(await rolecall.nameOf('ada'), undefined);
    rolecall.broker.state.entries = { ada: entryOf('ada') };
    clock.advance(59_999);
    assert.equal(await rolecall.nameOf('ada'), undefined);
    clock.advance(2);
    assert.equal(await rolecall.nameOf('ada'), 'ada 1');
    assert.equal(rolecall.broker.seen.length, 2);
  });
});
