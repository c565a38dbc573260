import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { Client, fetchExchange } from '@urql/core';
import { auditServer } from 'graphql-http';
import { GraphQLClient } from 'graphql-request';
import { userDocument } from './fixtures/datadog.ts';
import { ViewerDocument } from './generated/operations.ts';
import { readConfig } from './support/config.ts';
import { createRolecall, createTestServer, DATADOG_KEYS, HEYGEN_KEY } from './support/rolecall.ts';
import { json, startUpstream, text, type Upstream } from './support/upstream.ts';

describe('clients that people use, as they come', () => {
  let datadog: Upstream;
  let heygen: Upstream;
  let url: string;
  let server: ReturnType<typeof createServer>;

  before(async () => {
    datadog = await startUpstream(json(userDocument()));
    heygen = await startUpstream(text('', 401));
    const config = readConfig({
      ...DATADOG_KEYS,
      ...HEYGEN_KEY,
      DATADOG_API_URL: datadog.url,
      HEYGEN_API_URL: heygen.url,
    });
    server = createServer(createTestServer(config).listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await datadog[Symbol.asyncDispose]();
    await heygen[Symbol.asyncDispose]();
  });

  /** Datadog's user is served beside HeyGen's error. */
  function assertPartial(data: any, errors: readonly any[]) {
    assert.equal(data.viewer.users[0].displayName, 'Ada Fictional');
    assert.equal(data.viewer.users[1], null);
    assert.equal(errors.length, 1);
    assert.equal(errors[0].extensions.code, 'UPSTREAM_UNAUTHENTICATED');
    assert.deepEqual(errors[0].path, ['viewer', 'users', 1]);
  }

  for (const useGETForQueries of [false, true]) {
    const method = useGETForQueries ? 'GET' : 'POST';

    test(`Apollo Client by ${method}, with errorPolicy all`, async () => {
      const client = new ApolloClient({
        link: new HttpLink({ uri: url, useGETForQueries }),
        cache: new InMemoryCache({ possibleTypes: { User: ['DatadogUser', 'HeyGenUser'] } }),
      });
      const { data, error } = await client.query({ query: ViewerDocument, errorPolicy: 'all' });
      assert.ok(CombinedGraphQLErrors.is(error));
      assertPartial(data, error.errors);
      client.stop();
    });

    test(`urql by ${method}`, async () => {
      const client = new Client({
        url,
        exchanges: [fetchExchange],
        preferGetMethod: useGETForQueries ? 'force' : false,
      });
      const { data, error } = await client.query(ViewerDocument, {}).toPromise();
      assertPartial(data, error?.graphQLErrors ?? []);
    });

    test(`graphql-request by ${method}`, async () => {
      const client = new GraphQLClient(url, { method, errorPolicy: 'all' });
      const { data, errors } = await client.rawRequest(ViewerDocument as any);
      assertPartial(data, errors as never);
    });
  }
});

test('GraphQL over HTTP: every audit of graphql-http', async () => {
  const rolecall = createRolecall({});
  const audits = await auditServer({
    url: 'http://rolecall.example/graphql',
    fetchFn: (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      // The audits' GETs come without a header that a page could not send; that is what CSRF prevention refuses.
      if ((init.method ?? 'GET') === 'GET') headers.set('apollo-require-preflight', 'true');
      return rolecall.fetch(url, { ...init, headers });
    },
  });
  const failed = audits.filter(({ status }) => status !== 'ok');
  assert.deepEqual(
    failed.map(({ name, ...audit }) => `${name}: ${'reason' in audit ? audit.reason : ''}`),
    [],
  );
  assert.equal(audits.length, 61);
});
