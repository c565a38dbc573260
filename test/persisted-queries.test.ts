import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { userDocument } from './fixtures/datadog.ts';
import { ViewerDocument } from './generated/operations.ts';
import { createRolecall, createRolecallFor } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const URL = 'http://rolecall.example/graphql';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const HASH = JSON.stringify({
  persistedQuery: { version: 1, sha256Hash: sha256('{ __typename }') },
});

describe('a request that brings the hash of a query and no query', () => {
  for (const accept of ['application/json', 'application/graphql-response+json']) {
    const expected = {
      errors: [
        {
          message: 'PersistedQueryNotSupported',
          extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' },
        },
      ],
    };

    test(`by POST, as ${accept}: HTTP 200 and what clients fall back on`, async () => {
      const response = await createRolecall({}).fetch(URL, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: `{"operationName":"Viewer","variables":{},"extensions":${HASH}}`,
      });
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), expected);
    });

    test(`by GET, as ${accept}: HTTP 200 and what clients fall back on`, async () => {
      const response = await createRolecall({}).fetch(
        `${URL}?operationName=Viewer&extensions=${encodeURIComponent(HASH)}`,
        { headers: { accept } },
      );
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), expected);
    });
  }

  test('is a bad request where its extensions are something else', async () => {
    for (const extensions of [
      '{}',
      '{"persistedQuery":true}',
      '{"persistedQuery":null}',
      '[]',
      '7',
    ]) {
      const response = await createRolecall({}).fetch(URL, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"extensions":${extensions}}`,
      });
      assert.match(await response.text(), /"code":"BAD_REQUEST"/, extensions);
    }
  });
});

test('a query that comes with its hash is served', async () => {
  const response = await createRolecall({}).fetch(URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"query":"{ __typename }","extensions":${HASH}}`,
  });
  assert.deepEqual(await response.json(), { data: { __typename: 'Query' } });
});

for (const useGETForHashedQueries of [false, true]) {
  const method = useGETForHashedQueries ? 'GET' : 'POST';

  test(`Apollo Client that sends hashes by ${method} falls back on the query, for good`, async () => {
    await using datadog = await startUpstream(json(userDocument()));
    const rolecall = createRolecallFor({ datadog });
    const sent: string[] = [];
    const client = new ApolloClient({
      cache: new InMemoryCache({ possibleTypes: { User: ['DatadogUser', 'HeyGenUser'] } }),
      link: new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(
        new HttpLink({
          uri: URL,
          fetch: (url, init) => {
            const text = String(init?.body ?? url);
            const parts = ['query', 'persistedQuery'].filter((part) => text.includes(`${part}"`));
            sent.push(`${init?.method} ${parts.join(' ')}`);
            return rolecall.fetch(String(url), init);
          },
        }),
      ),
    });
    for (let time = 0; time < 2; time += 1) {
      const { data } = await client.query({ query: ViewerDocument, fetchPolicy: 'network-only' });
      assert.equal(data?.viewer.users[0]?.displayName, 'Ada Fictional');
    }
    assert.deepEqual(sent.slice(1), ['POST query', 'POST query']);
    assert.match(sent[0] ?? '', new RegExp(`^${method} `));
    client.stop();
  });
}
