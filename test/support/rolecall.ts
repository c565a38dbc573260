import assert from 'node:assert/strict';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Request } from '@whatwg-node/fetch';
import { type FormattedExecutionResult, print } from 'graphql';
import { pino } from 'pino';
import type { Config } from '../../src/config/index.ts';
import { createServer } from '../../src/server/index.ts';
import type { RolecallServer } from '../../src/server/rolecall-server.ts';
import { readConfig } from './config.ts';
import { fixtureOf } from './providers.ts';
import type { Upstream } from './upstream.ts';

/** A server without a log, by default ready. */
export function createTestServer(config: Config, readiness = { isReady: true }) {
  return createServer(config, pino({ level: 'silent' }), readiness);
}

export interface GraphQLResponse<Data> extends FormattedExecutionResult<Data> {
  readonly status: number;
}

type Untyped = any;

/** Rolecall as the environment configures it, called through its Fetch handler. */
export function createRolecall(environment: Readonly<Record<string, string>>) {
  return rolecallOf(createTestServer(readConfig(environment)));
}

/** The same for an existing server. */
export function rolecallOf(server: RolecallServer) {
  const fetch = (url: string, init?: RequestInit) => server.fetch(new Request(url, init));
  return {
    fetch,
    async query<Data = Untyped>(
      document: TypedDocumentNode<Data, Untyped> | string,
      {
        variables,
        headers = {},
        signal,
      }: { variables?: object; headers?: Record<string, string>; signal?: AbortSignal } = {},
    ): Promise<GraphQLResponse<Data>> {
      const query = typeof document === 'string' ? document : print(document);
      const response = await fetch('http://rolecall.example/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
        ...(signal && { signal }),
      });
      return { status: response.status, ...(await response.json()) };
    },
  };
}

export type Rolecall = ReturnType<typeof createRolecall>;

export const DATADOG_KEYS = fixtureOf('datadog').keys;
export const HEYGEN_KEY = fixtureOf('heygen').keys;

/**
 * Rolecall with server-held keys in front of these vendors; a vendor left out is not connected.
 * @param upstreams by the provider's field of `Viewer`
 */
export function createRolecallFor(
  upstreams: Readonly<Record<string, Upstream>>,
  environment: Readonly<Record<string, string>> = {},
): Rolecall {
  const connected = Object.entries(upstreams).map(([field, { url }]) => {
    const { keys, urlVariable } = fixtureOf(field);
    return { ...keys, [urlVariable]: url };
  });
  return createRolecall(Object.assign({}, ...connected, environment));
}

/** The data of a response that has no errors. */
export function dataOf<Data>({ data, errors }: GraphQLResponse<Data>): Data {
  assert.deepEqual(errors, undefined);
  assert.ok(data);
  return data;
}

/** The codes of a response's errors, by path: what callers act on. */
export function codesOf({ errors }: GraphQLResponse<unknown>): Record<string, unknown> {
  return Object.fromEntries(
    (errors ?? []).map(({ path, extensions }) => [path?.join('.') ?? '', extensions?.['code']]),
  );
}
