import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ref, role, userDocument } from './fixtures/datadog.ts';
import { user, v1 } from './fixtures/heygen.ts';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { createRolecallWithFiles } from './support/key-files.ts';
import { member, startOrganization } from './support/organization.ts';
import { post } from './support/post.ts';
import { createRolecall, type Rolecall } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const DOCUMENT = readFileSync('docs/identity.md', 'utf8');
const BODY = /-d '(\{"query".*\})'/.exec(DOCUMENT)?.[1];

/** The responses of the section with this title, as the document has them. */
function responsesOf(title: string): readonly string[] {
  const [, rest = ''] = DOCUMENT.split(`\n## ${title}\n`);
  const [section = ''] = rest.split('\n## ');
  return Array.from(
    section.matchAll(/```json\n(\{"data".*)\n```/g),
    ([, response = '']) => response,
  );
}

const ADMIN = role(1, [], { name: 'Admin' });
const READER = role(2, [], { name: 'Read only' });
const PEOPLE: Readonly<Record<string, { name: string; username: string; role: typeof ADMIN }>> = {
  owner: { name: 'Owen Owner', username: 'owen', role: ADMIN },
  ada: { name: 'Ada Fictional', username: 'ada', role: READER },
};

let issuer: Issuer;
let environment: Readonly<Record<string, string>>;
const ends: (() => Promise<unknown>)[] = [];
before(async () => {
  issuer = await startIssuer();
  const datadog = await startUpstream((...call) => {
    const { name, role: own } =
      PEOPLE[String(call[1].headers['dd-application-key'])] ?? assert.fail();
    const relationships = { roles: { data: [ref('roles', own.id)] } };
    json(userDocument({ attributes: { name }, relationships, included: [own] }))(...call);
  });
  const heygen = await startUpstream((...call) => {
    const { username } = PEOPLE[String(call[1].headers['x-api-key'])] ?? assert.fail();
    json(v1({ ...user, username, first_name: null, last_name: null, email: null }))(...call);
  });
  ends.push(...[issuer, datadog, heygen].map((each) => () => each[Symbol.asyncDispose]()));
  environment = { DATADOG_API_URL: datadog.url, HEYGEN_API_URL: heygen.url };
});
after(() => Promise.all(ends.map((end) => end())));

const KEYS = { DD_API_KEY: 'a', DD_APP_KEY: 'owner', HEYGEN_API_KEY: 'owner' };

/** The response to the document's request, sent by the person with this subject. */
async function responseFor(rolecall: Rolecall, sub: string, headers: Record<string, string> = {}) {
  const email = `${sub}@fictional.example`;
  const authorization = `Bearer ${issuer.sign({ sub, email, email_verified: true })}`;
  return (await post(rolecall, { authorization, ...headers }, BODY)).text();
}

test('docs/identity.md shows the owner of the server’s keys as Rolecall does', async () => {
  const rolecall = createRolecall({ ...environment, ...KEYS });
  assert.deepEqual(responsesOf('The owner of the server’s keys'), [
    await responseFor(rolecall, 'ada'),
  ]);
});

test('docs/identity.md shows the person in the token as Rolecall does', async () => {
  const relationships = { roles: { data: [ref('roles', READER.id)] } };
  await using organization = await startOrganization(
    member(1, 'owner@fictional.example'),
    member(
      2,
      'ada@fictional.example',
      { name: 'Ada Fictional' },
      { relationships, included: [READER] },
    ),
  );
  const rolecall = createRolecall({
    ...environment,
    ...KEYS,
    ...issuer.environment,
    DATADOG_API_URL: organization.url,
    VIEWER: 'caller',
  });
  assert.deepEqual(responsesOf('Each caller as the person in the token'), [
    await responseFor(rolecall, 'ada'),
  ]);
});

test('docs/identity.md shows the owner of a request’s keys as Rolecall does', async () => {
  const rolecall = createRolecall({ ...environment, CREDENTIALS: 'request' });
  const keys = { 'dd-api-key': 'a', 'dd-application-key': 'ada', 'x-heygen-api-key': 'ada' };
  assert.deepEqual(responsesOf('Keys in each request'), [await responseFor(rolecall, 'x', keys)]);
});

test('docs/identity.md shows the owner of stored keys, and somebody without, as Rolecall does', async () => {
  const ada = { datadog: { apiKey: 'a', appKey: 'ada' }, heygen: { apiKey: 'ada' } };
  using rolecall = await createRolecallWithFiles(
    { CREDENTIALS: JSON.stringify({ ada }) },
    { ...environment, ...issuer.environment, CREDENTIALS: 'caller' },
  );
  assert.deepEqual(responsesOf('Each caller’s own keys'), [
    await responseFor(rolecall, 'ada'),
    await responseFor(rolecall, 'nobody'),
  ]);
});
