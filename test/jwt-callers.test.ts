import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createServer } from '../src/server/index.ts';
import { stopTime } from './support/clock.ts';
import { readConfig } from './support/config.ts';
import { createKey, type Issuer, startIssuer } from './support/issuer.ts';
import { keepLog, type Line, linesOf } from './support/log.ts';
import { codeOf } from './support/post.ts';
import { rolecallOf } from './support/rolecall.ts';
import { text } from './support/upstream.ts';

const BASE = 'http://rolecall.example';
const LOG_SECRET = 'fictional-log-secret-of-forty-characters';
const PERSON = { sub: 'person-7', email: 'person@rolecall.example', email_verified: true };

/** Rolecall as the environment configures it, with its log. */
function createLogged(
  environment: Readonly<Record<string, string>>,
  readiness = { isReady: true },
) {
  const { logger, log, lines } = keepLog({ base: null });
  const server = createServer(readConfig(environment), logger, readiness);
  return {
    server,
    log,
    lines: (): Line[] => lines().filter(({ msg }) => msg === 'operation' || msg === 'refused'),
    ask: (
      token: string | undefined,
      headers: Record<string, string> = {},
      query = '{__typename}',
    ) =>
      rolecallOf(server).fetch(`${BASE}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query }),
      }),
    ready: async () => (await rolecallOf(server).fetch(`${BASE}/ready`)).status,
  };
}

describe('a caller with a JWT', () => {
  const key = createKey();
  let issuer: Issuer;
  before(async () => {
    issuer = await startIssuer(key);
  });
  after(() => issuer[Symbol.asyncDispose]());

  test('is served, and needs one', async () => {
    const { ask } = createLogged(issuer.environment);
    assert.equal((await ask(issuer.sign())).status, 200);
    assert.equal((await ask(issuer.sign({}, { typ: 'JWT' }))).status, 200);
    assert.equal((await ask(issuer.sign({}, { typ: 'application/at+jwt' }))).status, 200);
    const { status, headers } = await ask(undefined);
    assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer']);
  });

  test('may have any of the audiences, beside others', async () => {
    const { ask } = createLogged({ ...issuer.environment, JWT_AUDIENCE: 'one, two' });
    for (const aud of ['one', 'two', ['two'], ['other', 'one'], ['one', 'two']]) {
      assert.equal((await ask(issuer.sign({ aud }))).status, 200, JSON.stringify(aud));
    }
    assert.equal((await ask(issuer.sign({ aud: 'one, two' }))).status, 401);
  });

  test('may come with a plain token instead, where there are some', async () => {
    const { ask, lines } = createLogged({ ...issuer.environment, CLIENT_TOKENS: 'plain-token' });
    assert.equal((await ask('plain-token')).status, 200);
    assert.equal((await ask(issuer.sign())).status, 200);
    assert.equal((await ask('other-token')).status, 401);
    assert.deepEqual(
      lines().map(({ caller }) => typeof caller),
      ['undefined', 'string', 'undefined'],
    );
  });

  test('is served at any host name, though the server holds keys', async () => {
    const { ask } = createLogged({ ...issuer.environment, HEYGEN_API_KEY: 'fictional-key' });
    assert.equal((await ask(issuer.sign(), { host: 'rolecall.example' })).status, 200);
    assert.equal((await ask(undefined, { host: 'rolecall.example' })).status, 401);
  });

  test('is known by the claims that are configured', async () => {
    const { ask, lines } = createLogged({ ...issuer.environment, JWT_SUBJECT_CLAIM: 'uid' });
    assert.equal((await ask(issuer.sign({ sub: undefined, uid: 'someone' }))).status, 200);
    const refused = await ask(issuer.sign());
    assert.match(refused.headers.get('www-authenticate') ?? '', /"The token has no claim uid\."/);
    assert.deepEqual(lines()[1].errors, ['UNAUTHENTICATED']);
  });

  describe('in the log', () => {
    test('is a hash that tells persons apart, and nothing of them', async () => {
      const { ask, log, lines } = createLogged({ ...issuer.environment, LOG_SECRET });
      const token = issuer.sign(PERSON);
      await ask(token);
      await ask(issuer.sign({ ...PERSON, jti: 'another token of the same person' }));
      await ask(issuer.sign({ sub: 'other' }));
      await ask(token, { 'content-type': 'text/plain' });
      const [one, same, other, refused] = lines().map(({ caller }) => caller);
      assert.match(one, /^[\w-]{43}$/);
      assert.deepEqual([same, refused], [one, one]);
      assert.notEqual(other, one);
      const [, payload, signature] = token.split('.');
      for (const word of [...Object.values(PERSON), payload, signature, LOG_SECRET]) {
        if (typeof word === 'string') assert.ok(!log().includes(word), word);
      }
    });

    test('is the same in another process where a secret is set, and only there', async () => {
      const hashes = await Promise.all(
        [LOG_SECRET, LOG_SECRET, LOG_SECRET.toUpperCase(), '', ''].map(async (secret) => {
          const { ask, lines } = createLogged({ ...issuer.environment, LOG_SECRET: secret });
          await ask(issuer.sign(PERSON));
          return lines()[0].caller;
        }),
      );
      assert.equal(hashes[0], hashes[1]);
      assert.equal(new Set(hashes).size, 4);
    });

    test('is another one for the same subject of another issuer', async () => {
      await using other = await startIssuer();
      const hashes = await Promise.all(
        [issuer, other].map(async (each) => {
          const { ask, lines } = createLogged({ ...each.environment, LOG_SECRET });
          await ask(each.sign(PERSON));
          return lines()[0].caller;
        }),
      );
      assert.equal(new Set(hashes).size, 2);
    });

    test('is never another one, however requests mix', async () => {
      const { ask, lines } = createLogged({ ...issuer.environment, RATE_LIMIT: '0' });
      const people = Array.from({ length: 20 }, (_, i) => issuer.sign({ sub: `person ${i}` }));
      const ids = Array.from({ length: 400 }, (_, i) => `${i % 21}:${i}`);
      await Promise.all(
        ids.map((id) => ask(people[Number.parseInt(id, 10)], { 'x-request-id': id })),
      );
      assert.equal(lines().length, ids.length);
      const hashes = new Map<string, Set<unknown>>();
      for (const { requestId, caller } of lines()) {
        const person = requestId.split(':')[0];
        hashes.set(person, (hashes.get(person) ?? new Set()).add(caller));
      }
      // The 21st caller has no token.
      assert.deepEqual([...(hashes.get('20') ?? [])], [undefined]);
      for (const seen of hashes.values()) assert.equal(seen.size, 1);
      assert.equal(new Set([...hashes.values()].flatMap((seen) => [...seen])).size, 21);
    });
  });

  test('has a rate of its own, whichever of its tokens it sends', async () => {
    const { ask, lines } = createLogged({
      ...issuer.environment,
      CLIENT_TOKENS: 'plain-token',
      RATE_LIMIT: '2',
    });
    const sign = (sub: string, jti: number) => issuer.sign({ sub, jti });
    const statuses = [];
    for (const token of [
      sign('one', 1),
      sign('one', 2),
      sign('one', 3),
      sign('other', 4),
      'plain-token',
    ]) {
      statuses.push((await ask(token)).status);
    }
    assert.deepEqual(statuses, [200, 200, 429, 200, 200]);
    const [first, , third] = lines();
    assert.deepEqual(
      [third.msg, third.caller, third.errors],
      ['refused', first.caller, ['RATE_LIMITED']],
    );
  });
});

describe('without the issuer’s keys', () => {
  test('the server starts, is not ready, responds with 503, and becomes ready by itself', async () => {
    await using issuer = await startIssuer();
    issuer.state.script = text('', 500);
    using clock = stopTime();
    const { ask, ready, log } = createLogged(issuer.environment);
    assert.equal(await ready(), 503);
    const token = issuer.sign();
    const response = await ask(token);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('www-authenticate'), null);
    assert.equal(await codeOf(response), 'AUTHENTICATION_UNAVAILABLE');
    // A caller without a token does not wait for the issuer.
    assert.equal((await ask(undefined)).status, 401);
    assert.equal(await ready(), 503);
    const problem = linesOf(log()).find(({ level }) => level === 40);
    assert.equal(
      problem.reason,
      'fetching the issuer’s discovery document returned HTTP status 500',
    );

    issuer.state.script = undefined;
    clock.advance(1_000);
    while ((await ready()) !== 200) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await ask(token)).status, 200);
    assert.equal(linesOf(log()).at(-2).msg, 'keys of JWT_ISSUER fetched');
  });

  test('those with a plain token are served', async () => {
    await using issuer = await startIssuer();
    issuer.state.script = text('', 500);
    const { ask } = createLogged({ ...issuer.environment, CLIENT_TOKENS: 'plain-token' });
    assert.equal((await ask('plain-token')).status, 200);
    assert.equal((await ask(issuer.sign())).status, 503);
  });
});

test('a server that ends is not ready, whatever keys it has', async () => {
  await using issuer = await startIssuer();
  const readiness = { isReady: true };
  const { ask, ready } = createLogged(issuer.environment, readiness);
  assert.equal((await ask(issuer.sign())).status, 200);
  assert.equal(await ready(), 200);
  readiness.isReady = false;
  assert.equal(await ready(), 503);
});
