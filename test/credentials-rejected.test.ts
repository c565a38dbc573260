import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ref, userDocument } from './fixtures/datadog.ts';
import { stopClock } from './support/clock.ts';
import { codesOf } from './support/rolecall.ts';
import { DATADOG_QUERY, entryOf, startWithBroker } from './support/stored-credentials.ts';
import { json, startUpstream } from './support/upstream.ts';

const HEYGEN_QUERY = '{ viewer { heygen { username } } }';
const NO_RETRIES = { UPSTREAM_RETRIES: '0' };

/** Until it is disposed of, the vendors reject this owner's keys. */
function rejecting(
  { vendors }: Awaited<ReturnType<typeof startWithBroker>>,
  owner: string,
  status: number,
) {
  vendors.state.reject = (each) => (each === owner ? status : undefined);
  return {
    [Symbol.dispose]() {
      vendors.state.reject = () => undefined;
    },
  };
}

describe('keys from the broker that a vendor rejects', () => {
  for (const [field, status] of [
    ['datadog', 401],
    ['datadog', 403],
    ['heygen', 401],
  ] as const) {
    test(`are dropped: ${field}, ${status}`, async () => {
      await using rolecall = await startWithBroker({ ada: entryOf('ada') });
      await rolecall.nameOf('ada');
      using _ = rejecting(rolecall, 'ada 1', status);
      rolecall.broker.state.entries = { ada: entryOf('ada', 2) };
      const query = field === 'datadog' ? DATADOG_QUERY : HEYGEN_QUERY;
      const failed = await rolecall.ask('ada', query);
      assert.match(
        String(codesOf(failed)[`viewer.${field}`]),
        /^UPSTREAM_(UNAUTHENTICATED|FORBIDDEN)$/,
      );
      assert.equal(await rolecall.nameOf('ada'), 'ada 2');
      assert.equal(rolecall.broker.seen.length, 2);
    });
  }

  for (const [field, status] of [
    ['heygen', 403],
    ['datadog', 404],
    ['datadog', 429],
    ['datadog', 500],
  ] as const) {
    test(`are kept where that is no rejection: ${field}, ${status}`, async () => {
      await using rolecall = await startWithBroker({ ada: entryOf('ada') }, NO_RETRIES);
      using _ = rejecting(rolecall, 'ada 1', status);
      const query = field === 'datadog' ? DATADOG_QUERY : HEYGEN_QUERY;
      for (let count = 0; count < 3; count += 1) await rolecall.ask('ada', query);
      assert.equal(rolecall.broker.seen.length, 1);
    });
  }

  test('are dropped once in 10 s for each caller, so that nobody floods the broker', async () => {
    using clock = stopClock();
    await using rolecall = await startWithBroker({ ada: entryOf('ada'), bob: entryOf('bob') });
    using _ = rejecting(rolecall, 'ada 1', 403);
    const ask = async (times: number) => {
      for (let count = 0; count < times; count += 1) await rolecall.ask('ada', DATADOG_QUERY);
    };
    await ask(20);
    assert.equal(rolecall.broker.seen.length, 2);
    clock.advance(9_999);
    await ask(3);
    assert.equal(rolecall.broker.seen.length, 2);
    clock.advance(2);
    await ask(3);
    assert.equal(rolecall.broker.seen.length, 3);
    assert.equal(await rolecall.nameOf('bob'), 'bob 1');
    assert.deepEqual(rolecall.broker.subjects(), ['ada', 'ada', 'ada', 'bob']);
  });

  test('do not take newer ones with them', async () => {
    await using rolecall = await startWithBroker({ ada: { ...entryOf('ada'), expiresIn: 10 } });
    using clock = stopClock();
    // Two calls with the old keys wait at the vendor while the new ones are fetched.
    const release = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    rolecall.vendors.state.wait = async (owner) => {
      if (owner !== 'ada 1') return;
      arrived.resolve();
      await release.promise;
    };
    using _ = rejecting(rolecall, 'ada 1', 401);
    const late = rolecall.ask('ada', DATADOG_QUERY);
    await arrived.promise;
    clock.advance(10_001);
    rolecall.broker.state.entries = { ada: entryOf('ada', 2) };
    assert.equal(await rolecall.nameOf('ada'), 'ada 2');
    release.resolve();
    assert.equal(codesOf(await late)['viewer.datadog'], 'UPSTREAM_UNAUTHENTICATED');
    assert.equal(await rolecall.nameOf('ada'), 'ada 2');
    assert.equal(rolecall.broker.seen.length, 2);
    rolecall.vendors.state.wait = async () => {};
    // Nor do they keep newer ones from being replaced.
    using _newer = rejecting(rolecall, 'ada 2', 401);
    await rolecall.ask('ada', DATADOG_QUERY);
    rolecall.broker.state.entries = { ada: entryOf('ada', 3) };
    assert.equal(await rolecall.nameOf('ada'), 'ada 3');
  });

  test('are not lost while the broker is down, because those of other providers may work', async () => {
    using clock = stopClock();
    const entry = { datadog: entryOf('ada').datadog, heygen: entryOf('wrong').heygen };
    await using rolecall = await startWithBroker({ ada: entry }, NO_RETRIES);
    assert.equal(await rolecall.nameOf('ada'), 'ada 1');
    using _ = rejecting(rolecall, 'wrong 1', 401);
    const heygen = async () => codesOf(await rolecall.ask('ada', HEYGEN_QUERY))['viewer.heygen'];
    assert.equal(await heygen(), 'UPSTREAM_UNAUTHENTICATED');
    rolecall.broker.state.script = json({}, 500);
    assert.equal(await rolecall.nameOf('ada'), 'ada 1');
    assert.equal(await heygen(), 'UPSTREAM_UNAUTHENTICATED');
    assert.equal(rolecall.broker.seen.length, 3);
    // As soon as it is back, new keys are used.
    rolecall.broker.state.script = undefined;
    rolecall.broker.state.entries = { ada: entryOf('ada', 2) };
    assert.equal(await rolecall.nameOf('ada'), 'ada 2');
    assert.equal(await heygen(), undefined);
    assert.equal(rolecall.broker.seen.length, 4);
    // Otherwise, until their time is over.
    rolecall.broker.state.script = json({}, 500);
    clock.advance(60_001);
    assert.equal(
      codesOf(await rolecall.ask('ada', DATADOG_QUERY))['viewer.datadog'],
      'CREDENTIALS_UNAVAILABLE',
    );
  });

  test('are forgotten if the broker does not know the person any more', async () => {
    await using rolecall = await startWithBroker({ ada: entryOf('ada') });
    using _ = rejecting(rolecall, 'ada 1', 401);
    await rolecall.ask('ada', DATADOG_QUERY);
    rolecall.broker.state.entries = {};
    assert.equal(await rolecall.nameOf('ada'), undefined);
    assert.equal(await rolecall.nameOf('ada'), undefined);
    assert.equal(rolecall.broker.seen.length, 2);
  });

  test('are replaced by those that must not be remembered', async () => {
    await using rolecall = await startWithBroker({ ada: entryOf('ada') });
    using _ = rejecting(rolecall, 'ada 1', 401);
    await rolecall.ask('ada', DATADOG_QUERY);
    rolecall.broker.state.entries = { ada: { ...entryOf('ada', 2), expiresIn: 0 } };
    assert.equal(await rolecall.nameOf('ada'), 'ada 2');
    rolecall.broker.state.script = json({}, 400);
    assert.equal(
      codesOf(await rolecall.ask('ada', DATADOG_QUERY))['viewer.datadog'],
      'CREDENTIALS_UNAVAILABLE',
    );
  });
});

test('a resource that a person may not read is no rejection of their keys', async () => {
  const user = userDocument({ relationships: { roles: { data: [ref('roles', 'secret')] } } });
  for (const status of [401, 403]) {
    await using datadog = await startUpstream((response, seen, call) => {
      const isUser = seen.path.endsWith('/current_user');
      json(isUser ? user : { errors: ['No'] }, isUser ? 200 : status)(response, seen, call);
    });
    await using rolecall = await startWithBroker(
      { ada: entryOf('ada') },
      { DATADOG_API_URL: datadog.url, DD_EXPAND: 'rest' },
    );
    for (let count = 0; count < 3; count += 1) {
      const response = await rolecall.ask('ada', '{ viewer { datadog { roles { id name } } } }');
      assert.match(String(Object.values(codesOf(response))), /^UPSTREAM_(UNAUTH|FORBIDDEN)/);
    }
    assert.equal(datadog.seen.length, 6);
    assert.equal(rolecall.broker.seen.length, 1);
  }
});
