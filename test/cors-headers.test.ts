import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from './support/config.ts';
import { ofAll } from './support/providers.ts';
import { createRolecall } from './support/rolecall.ts';

const ORIGIN = 'https://app.example';

/** The headers that a page of this origin may send. */
async function allowedHeaders(environment: Record<string, string> = {}): Promise<string[]> {
  const rolecall = createRolecall({ CORS_ORIGINS: ORIGIN, ...environment });
  const { headers } = await rolecall.fetch('http://rolecall.example/graphql', {
    method: 'OPTIONS',
    headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
  });
  return headers.get('access-control-allow-headers')?.split(', ') ?? [];
}

describe('the headers that pages of other origins may send', () => {
  const USUAL = [
    ...['Content-Type', 'Authorization', 'Cache-Control', 'X-Request-Id'],
    ...['Apollo-Require-Preflight', 'X-Apollo-Operation-Name'],
    ...['apollographql-client-name', 'apollographql-client-version'],
    ...['traceparent', 'tracestate', 'baggage'],
    ...Object.keys({ ...ofAll('keyHeaders'), ...ofAll('otherHeaders') }),
  ];

  test('are those of GraphQL clients, tracing and vendors’ keys', async () => {
    assert.deepEqual(await allowedHeaders(), USUAL);
  });

  test('and those that CORS_HEADERS names', async () => {
    assert.deepEqual(await allowedHeaders({ CORS_HEADERS: 'X-Tenant, sentry-trace' }), [
      ...USUAL,
      'X-Tenant',
      'sentry-trace',
    ]);
  });

  for (const CORS_HEADERS of [
    '*',
    'X-Tenant, *',
    'X Tenant',
    'X-Tenant:',
    'X-Tenant,,',
    'é',
    'a\r\nb',
  ]) {
    test(`do not start the server as ${JSON.stringify(CORS_HEADERS)}`, () => {
      assert.throws(() => readConfig({ CORS_HEADERS }), /CORS_HEADERS must be names of headers/);
    });
  }
});
