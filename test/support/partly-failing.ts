import assert from 'node:assert/strict';
import { userDocument } from '../fixtures/datadog.ts';
import { readConfig } from './config.ts';
import { startListening } from './http-server.ts';
import { createTestServer, DATADOG_KEYS, HEYGEN_KEY } from './rolecall.ts';
import { json, startUpstream, text } from './upstream.ts';

/** Rolecall on a port, for clients as people use them, with a Datadog that responds and a HeyGen that fails. */
export async function startPartlyFailing() {
  const datadog = await startUpstream(json(userDocument()));
  const heygen = await startUpstream(text('', 401));
  const config = readConfig({
    ...DATADOG_KEYS,
    ...HEYGEN_KEY,
    DATADOG_API_URL: datadog.url,
    HEYGEN_API_URL: heygen.url,
  });
  const server = await startListening(createTestServer(config).listener);
  return {
    url: `${server.url}/graphql`,
    async [Symbol.asyncDispose]() {
      for (const each of [server, datadog, heygen]) await each[Symbol.asyncDispose]();
    },
  };
}

/** Asserts that Datadog's user is served together with HeyGen's error. */
export function assertPartial(data: any, errors: readonly any[]): void {
  assert.equal(data.viewer.users[0].displayName, 'Ada Fictional');
  assert.equal(data.viewer.users[1], null);
  assert.equal(errors.length, 1);
  assert.equal(errors[0].extensions.code, 'UPSTREAM_UNAUTHENTICATED');
  assert.deepEqual(errors[0].path, ['viewer', 'users', 1]);
}
