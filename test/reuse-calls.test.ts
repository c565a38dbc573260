import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { userDocument } from './fixtures/datadog.ts';
import { v1, v3 } from './fixtures/heygen.ts';
import { QUERY, startCached, warningsOf } from './support/caching.ts';
import { stopTime } from './support/clock.ts';
import { readConfig } from './support/config.ts';
import { startIssuer } from './support/issuer.ts';
import { linesOf } from './support/log.ts';
import { member, startOrganization } from './support/organization.ts';
import { post } from './support/post.ts';
import { codesOf, createRolecall, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';
import { createRolecallAt } from './support/viewer.ts';

const ALWAYS = {
  CACHE_TTL_SECONDS: '60',
  CACHE_STALE_SECONDS: '60',
  CACHE_STALE_IF_ERROR_SECONDS: '60',
  RATE_LIMIT: '0',
};

test('credentials never share a response, whichever part of them differs', async () => {
  await using one = await startUpstream((...call) => {
    const { 'dd-api-key': apiKey, 'dd-application-key': appKey } = call[1].headers;
    json(userDocument({ attributes: { name: `${apiKey} ${appKey}` } }))(...call);
  });
  const rolecall = createRolecall({
    ...ALWAYS,
    CREDENTIALS: 'request',
    DATADOG_API_URL: one.url,
  });
  const nameOf = async (apiKey: string, appKey: string) => {
    const headers = { 'dd-api-key': apiKey, 'dd-application-key': appKey };
    const response = await rolecall.query('{ viewer { datadog { name } } }', { headers });
    return dataOf(response).viewer.datadog.name;
  };
  for (let time = 0; time < 2; time += 1) {
    for (const keys of [
      ['a', 'b'],
      ['a', 'c'],
      ['c', 'b'],
      ['b', 'a'],
      ['ab', 'c'],
      ['a', 'bc'],
    ] as const) {
      assert.equal(await nameOf(keys[0], keys[1]), keys.join(' '));
    }
  }
  assert.equal(one.seen.length, 6);
});

test('each endpoint is kept for itself with DD_EXPAND=rest', async () => {
  await using organization = await startOrganization(
    member(
      1,
      'owner@fictional.example',
      {},
      {
        relationships: { roles: { data: [{ type: 'roles', id: 'r' }] } },
      },
    ),
  );
  const rolecall = createRolecallFor({ datadog: organization }, { ...ALWAYS, DD_EXPAND: 'rest' });
  const query = '{ viewer { datadog { roles { name } } } }';
  const first = await rolecall.query(query);
  const calls = organization.takePaths();
  assert.ok(calls.length > 1);
  assert.deepEqual(await rolecall.query(query), first);
  // A role that was not found is not kept.
  assert.deepEqual(organization.takePaths(), ['roles/r']);
});

test('people who are looked up are kept, each for themselves', async () => {
  await using issuer = await startIssuer();
  await using organization = await startOrganization(
    member(1, 'owner@fictional.example'),
    member(2, 'ada@fictional.example'),
    member(3, 'bob@fictional.example'),
  );
  const rolecall = createRolecallAt(organization, issuer, ALWAYS);
  const names = async () => [
    await rolecall.nameOf('ada@fictional.example'),
    await rolecall.nameOf('bob@fictional.example'),
  ];
  assert.deepEqual(await names(), ['Member 2', 'Member 3']);
  organization.takePaths();
  assert.deepEqual(await names(), ['Member 2', 'Member 3']);
  assert.deepEqual(organization.takePaths(), []);
});

test('a status that stands for a value takes the older response away', async () => {
  let status = 200;
  await using heygen = await startUpstream((...call) => {
    if (call[1].path.startsWith('/v3')) return json(status === 200 ? v3() : {}, status)(...call);
    return (status === 200 ? json(v1()) : json({}, status))(...call);
  });
  using time = stopTime();
  const rolecall = createRolecallFor(
    { heygen },
    { ...ALWAYS, HEYGEN_API_VERSION: 'auto', UPSTREAM_RETRIES: '0', CACHE_STALE_SECONDS: '0' },
  );
  const query = '{ viewer { heygen { username } } }';
  dataOf(await rolecall.query(query));
  time.advance(61_000);
  // The route of v1 is gone.
  status = 404;
  await rolecall.query(query);
  status = 503;
  const response = await rolecall.query(query);
  assert.equal(response.errors?.length, 1);
  assert.deepEqual(warningsOf(response), []);
});

test('401 takes the response away although HeyGen’s code says something else', async () => {
  let script = json(v3());
  await using heygen = await startUpstream((...call) => script(...call));
  using time = stopTime();
  const rolecall = createRolecallFor(
    { heygen },
    { ...ALWAYS, HEYGEN_API_VERSION: 'v3', UPSTREAM_RETRIES: '0', CACHE_STALE_SECONDS: '0' },
  );
  const ask = () => rolecall.query('{ viewer { heygen { username } } }');
  dataOf(await ask());
  time.advance(61_000);
  script = json({ code: 40001 }, 401);
  assert.equal(codesOf(await ask())['viewer.heygen'], 'UPSTREAM_REJECTED');
  script = json({}, 503);
  assert.equal(codesOf(await ask())['viewer.heygen'], 'UPSTREAM_UNAVAILABLE');
});

test('asOf is that of each user’s own response, and null for a reference', async () => {
  const other = { type: 'users', id: 'other', attributes: { name: 'Other' } };
  const relationships = {
    other_users: {
      data: [
        { type: 'users', id: 'other' },
        { type: 'users', id: 'unknown' },
      ],
    },
  };
  await using cached = await startCached(ALWAYS);
  cached.state.script = json(userDocument({ relationships, included: [other] }));
  const query = '{ viewer { users { asOf } datadog { asOf otherUsers { id asOf } } } }';
  const { viewer } = dataOf(await cached.ask({}, query));
  const asOf = new Date().toISOString();
  assert.deepEqual(viewer, {
    users: [{ asOf }],
    datadog: {
      asOf,
      otherUsers: [
        { id: 'other', asOf },
        { id: 'unknown', asOf: null },
      ],
    },
  });
});

test('the log says how old the response was, that no call was made, and what the warning is', async () => {
  await using cached = await startCached({ ...ALWAYS, CACHE_STALE_SECONDS: '0' });
  await cached.ask();
  cached.advanceSeconds(59);
  await cached.ask();
  cached.advanceSeconds(2);
  cached.state.script = json({}, 503);
  await cached.ask();
  const lines = linesOf(cached.log()).filter(({ msg }) => msg === 'operation');
  const facts = ({ provider, status, attempts, ageMs }: any) => [provider, status, attempts, ageMs];
  assert.deepEqual(
    lines.map(({ upstream, errors, warnings }) => [upstream.map(facts), errors, warnings]),
    [
      [[['DATADOG', 200, 1, undefined]], [], undefined],
      [[['DATADOG', 200, 0, 59_000]], [], undefined],
      [
        [
          ['DATADOG', 503, 1, undefined],
          ['DATADOG', 200, 0, 61_000],
        ],
        [],
        ['UPSTREAM_UNAVAILABLE'],
      ],
    ],
  );
});

test('a warning comes once, with the message of the error, in compiled and in large responses too', async () => {
  await using cached = await startCached({ ...ALWAYS, CACHE_STALE_SECONDS: '0' });
  await cached.ask();
  cached.advanceSeconds(61);
  cached.state.script = json({}, 503);
  const query = '{ viewer { datadog { name permissions { id name } } users { id } } }';
  for (let time = 0; time < 5; time += 1) {
    const { errors, extensions } = await cached.ask({}, query);
    assert.equal(errors, undefined);
    const [warning, ...more] = (extensions as any).warnings;
    assert.deepEqual(more, []);
    assert.deepEqual([warning.code, warning.provider], ['UPSTREAM_UNAVAILABLE', 'DATADOG']);
    assert.match(warning.message, /^Datadog is unavailable \(/);
  }
});

test('docs/caching.md shows a warning as Rolecall gives it', async () => {
  await using cached = await startCached({ ...ALWAYS, CACHE_STALE_SECONDS: '0' });
  cached.state.script = json(userDocument({ attributes: { name: 'Ada Fictional' } }));
  await cached.ask();
  cached.advanceSeconds(61);
  cached.state.script = json({}, 503);
  const response = await post(cached.rolecall, {}, JSON.stringify({ query: QUERY }));
  const [, shown] =
    /```json\n(\{"data".*)\n```/.exec(readFileSync('docs/caching.md', 'utf8')) ?? [];
  const asOf = /"asOf":"[^"]*"/;
  assert.equal((await response.text()).replace(asOf, ''), shown?.replace(asOf, ''));
});

for (const name of ['CACHE_TTL_SECONDS', 'CACHE_STALE_SECONDS', 'CACHE_STALE_IF_ERROR_SECONDS']) {
  test(`${name} needs memory`, () => {
    assert.throws(
      () => readConfig({ [name]: '1', DOCUMENT_MEMORY_MB: '0' }),
      /DOCUMENT_MEMORY_MB must not be 0 while one of CACHE_TTL_SECONDS/,
    );
    readConfig({ DOCUMENT_MEMORY_MB: '0' });
  });
}

test('the memory for responses that are used again is bounded', async () => {
  await using cached = await startCached({
    ...ALWAYS,
    DOCUMENT_MEMORY_MB: '1',
    CREDENTIALS: 'request',
  });
  const big = json(userDocument({ attributes: { name: 'x'.repeat(400_000) } }));
  cached.state.script = big;
  const ask = (key: string) => cached.ask({ 'dd-api-key': key, 'dd-application-key': key });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) dataOf(await ask(key));
  // The second one was used least recently when the third one came.
  assert.deepEqual(
    cached.datadog.seen.map(({ headers }) => headers['dd-api-key']),
    ['a', 'b', 'c', 'b'],
  );
});
