import assert from 'node:assert/strict';
import * as datadogFixtures from '../fixtures/datadog.ts';
import * as heygenFixtures from '../fixtures/heygen.ts';
import { createRolecallFor } from './rolecall.ts';
import { json, type Script, startUpstream } from './upstream.ts';

export const QUERY =
  '{ viewer { providers users { id } datadog { id roles { id } } heygen { id } } }';

export interface Expected {
  readonly code: string;
  readonly status?: number;
  readonly retryAfter?: number;
  readonly says?: RegExp;
  readonly attempts?: number;
}

/** Datadog responds like this and HeyGen succeeds: the errors are Datadog's, and the rest is served. */
export async function assertDatadogFails(script: Script, expected: Expected) {
  await using datadog = await startUpstream(script);
  await using heygen = await startUpstream(json(heygenFixtures.v1()));
  const { status, data, errors } = await createRolecallFor({ datadog, heygen }).query(QUERY);
  const { USERNAME } = heygenFixtures;
  assert.deepEqual(data.viewer, {
    providers: ['DATADOG', 'HEYGEN'],
    users: [null, { id: USERNAME }],
    datadog: null,
    heygen: { id: USERNAME },
  });
  assertErrors({ status, errors }, 'DATADOG', ['viewer.users.0', 'viewer.datadog'], expected);
  assert.equal(datadog.seen.length, expected.attempts ?? 1);
}

/** HeyGen responds like this, and Datadog succeeds. */
export async function assertHeyGenFails(
  script: Script,
  expected: Expected,
  environment: Record<string, string> = { HEYGEN_API_VERSION: 'v1' },
) {
  await using datadog = await startUpstream(json(datadogFixtures.userDocument()));
  await using heygen = await startUpstream(script);
  const rolecall = createRolecallFor({ datadog, heygen }, environment);
  const { status, data, errors } = await rolecall.query(QUERY);
  assert.deepEqual(data.viewer.users, [{ id: datadogFixtures.USER_ID }, null]);
  assertErrors({ status, errors }, 'HEYGEN', ['viewer.users.1', 'viewer.heygen'], expected);
  assert.equal(heygen.seen.length, expected.attempts ?? 1);
}

function assertErrors(
  { status, errors = [] }: { status: number; errors?: readonly any[] | undefined },
  provider: string,
  paths: readonly string[],
  expected: Expected,
) {
  assert.equal(status, 200);
  // One error for each field that selects the provider, none for the fields below it.
  assert.deepEqual(errors.map(({ path }) => path.join('.')).sort(), [...paths].sort());
  for (const { extensions, message } of errors) {
    const { code, status: upstreamStatus, retryAfter, says } = expected;
    assert.deepEqual(extensions, {
      code,
      provider,
      ...(upstreamStatus !== undefined && { status: upstreamStatus }),
      ...(retryAfter !== undefined && { retryAfter }),
    });
    assert.match(message, says ?? /./);
    assert.doesNotMatch(message, /127\.0\.0\.1|MARKEDKEY|<html|\n/);
    assert.ok(message.length < 800, message);
  }
}
