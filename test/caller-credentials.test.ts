import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { ofAll } from './support/providers.ts';
import { dataOf } from './support/rolecall.ts';
import { createRolecallWithEntries, entryOf, startVendors } from './support/stored-credentials.ts';

let issuer: Issuer;
before(async () => {
  issuer = await startIssuer();
});
after(() => issuer[Symbol.asyncDispose]());

describe('with CREDENTIALS=caller', () => {
  test('each caller is the owner of their own keys', async () => {
    await using vendors = await startVendors();
    using rolecall = await createRolecallWithEntries(issuer, vendors, {
      ada: entryOf('ada'),
      bob: entryOf('bob'),
    });
    const [ada, bob] = await Promise.all([rolecall.ask('ada'), rolecall.ask('bob')]);
    for (const [response, name] of [
      [ada, 'ada 1'],
      [bob, 'bob 1'],
    ] as const) {
      assert.deepEqual(dataOf(response).viewer, {
        providers: ['DATADOG', 'HEYGEN'],
        datadog: { name },
        heygen: { username: name },
        users: [{ provider: 'DATADOG' }, { provider: 'HEYGEN' }],
      });
    }
  });

  test('a caller is connected to the providers of their entry only', async () => {
    await using vendors = await startVendors();
    const { datadog, heygen } = entryOf('some');
    using rolecall = await createRolecallWithEntries(issuer, vendors, {
      ada: { datadog },
      bob: { heygen },
      cy: {},
    });
    const providersOf = async (subject: string) =>
      dataOf(await rolecall.ask(subject)).viewer.users.map((user: any) => user.provider);
    assert.deepEqual(await providersOf('ada'), ['DATADOG']);
    assert.deepEqual(await providersOf('bob'), ['HEYGEN']);
    assert.deepEqual(await providersOf('cy'), []);
  });

  for (const subject of [
    'nobody',
    '',
    ' ',
    'Ada',
    'ada ',
    'constructor',
    '__proto__',
    'toString',
  ]) {
    test(`a caller without an entry is connected to nothing: ${JSON.stringify(subject)}`, async () => {
      await using vendors = await startVendors();
      // With server keys, which must not be used either.
      using rolecall = await createRolecallWithEntries(
        issuer,
        vendors,
        { ada: entryOf('ada') },
        ofAll('keys'),
      );
      const response = await rolecall.ask(subject);
      if (subject === '') {
        assert.equal(response.status, 401);
      } else {
        assert.deepEqual(dataOf(response).viewer, {
          providers: [],
          datadog: null,
          heygen: null,
          users: [],
        });
      }
      assert.equal(vendors.datadog.seen.length + vendors.heygen.seen.length, 0);
    });
  }

  test('an entry may have any subject as its name', async () => {
    await using vendors = await startVendors();
    const subjects = ['constructor', '__proto__', '7', 'a.b|c d', 'é', '"'];
    const entries = Object.fromEntries(
      subjects.map((subject, index) => [subject, entryOf(`no${index}`)]),
    );
    using rolecall = await createRolecallWithEntries(issuer, vendors, entries);
    for (const [index, subject] of subjects.entries()) {
      const { datadog } = dataOf(
        await rolecall.ask(subject, '{ viewer { datadog { name } } }'),
      ).viewer;
      assert.equal(datadog.name, `no${index} 1`);
    }
  });

  test('keys in headers are ignored', async () => {
    await using vendors = await startVendors();
    using rolecall = await createRolecallWithEntries(issuer, vendors, { ada: entryOf('ada') });
    const { datadog, heygen } = entryOf('bob');
    const keys = {
      'DD-API-KEY': datadog.apiKey,
      'DD-APPLICATION-KEY': datadog.appKey,
      'X-HeyGen-Api-Key': heygen.apiKey,
    };
    const query = '{ viewer { datadog { name } heygen { username } } }';
    const authorization = `Bearer ${issuer.sign({ sub: 'ada' })}`;
    const response = await rolecall.query(query, { headers: { ...keys, authorization } });
    assert.deepEqual(dataOf(response).viewer, {
      datadog: { name: 'ada 1' },
      heygen: { username: 'ada 1' },
    });
  });

  test('entities of /subgraph are those of the caller', async () => {
    await using vendors = await startVendors();
    using rolecall = await createRolecallWithEntries(issuer, vendors, {
      ada: entryOf('ada'),
      bob: entryOf('bob'),
    });
    const idOf = dataOf(await rolecall.ask('ada', '{ viewer { datadog { id } } }')).viewer.datadog
      .id;
    const body = JSON.stringify({
      query:
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on DatadogUser { name } } }',
      variables: { of: [{ __typename: 'DatadogUser', id: idOf }] },
    });
    const nameFor = async (sub: string) => {
      const response = await rolecall.fetch('http://rolecall.example/subgraph', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${issuer.sign({ sub })}`,
        },
        body,
      });
      return (await response.json()).data._entities[0]?.name;
    };
    assert.deepEqual(await Promise.all(['ada', 'bob', 'nobody'].map(nameFor)), [
      'ada 1',
      'bob 1',
      undefined,
    ]);
  });

  test('the log names neither the caller nor a key', async () => {
    await using vendors = await startVendors();
    using rolecall = await createRolecallWithEntries(issuer, vendors, {
      'secret-subject': entryOf('ada'),
    });
    await rolecall.ask('secret-subject');
    vendors.state.reject = () => 401;
    await rolecall.ask('secret-subject');
    assert.match(rolecall.log(), /"caller":/);
    assert.doesNotMatch(rolecall.log(), /secret-subject|MARKEDKEY/);
  });
});
