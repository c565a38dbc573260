import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { Client, fetchExchange } from '@urql/core';
import { auditServer } from 'graphql-http';
import { GraphQLClient } from 'graphql-request';
import { ViewerDocument } from './generated/operations.ts';
import { assertPartial, startPartlyFailing } from './support/partly-failing.ts';
import { createRolecall } from './support/rolecall.ts';

describe('clients that people use, as they come', () => {
  let partlyFailing: Awaited<ReturnType<typeof startPartlyFailing>>;
  let url: string;

  before(async () => {
    partlyFailing = await startPartlyFailing();
    url = partlyFailing.url;
  });
  after(() => partlyFailing[Symbol.asyncDispose]());

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
      // CSRF prevention refuses the audits' GETs, because they have no header that a page could not send.
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
