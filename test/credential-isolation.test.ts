import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Document } from '../src/lib/json-api.ts';
import { Secret } from '../src/lib/secret.ts';
import { Client } from '../src/providers/datadog/client.ts';
import { Resources } from '../src/providers/datadog/resources.ts';
import { vendor as datadog } from '../src/providers/datadog/vendor.ts';
import { createClient as createHeyGen } from '../src/providers/heygen/client.ts';
import { vendor } from '../src/providers/heygen/vendor.ts';
import { USER_ID, userDocument } from './fixtures/datadog.ts';
import { user, v1 } from './fixtures/heygen.ts';
import { createUpstream, request } from './support/client.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

/** Responds with a different person for each credential, named after the keys. */
const personOfKeys: Script = (response, seen, call) => {
  const name = `${seen.headers['dd-api-key']} ${seen.headers['dd-application-key']}`;
  json(userDocument({ attributes: { name } }))(response, seen, call);
};

type Caller = readonly [apiKey: string, appKey: string, url: string, path?: string];

function createAsker() {
  const upstream = createUpstream(datadog);
  const read = (body: unknown) => new Resources(Document.ofOne(body, 'users'));
  return (...[apiKey, appKey, url, path = 'current_user']: Caller) => {
    const keys = { apiKey: new Secret(apiKey), appKey: new Secret(appKey), baseUrl: new URL(url) };
    return new Client(upstream, keys, request).fetch(path, { read });
  };
}

describe('a response of Datadog’s is shared among equal credentials of one site only', () => {
  test('while it is asked: the application key, the API key and the site count', async () => {
    await using here = await startUpstream(personOfKeys);
    await using there = await startUpstream(personOfKeys);
    const ask = createAsker();
    const callers: readonly Caller[] = [
      ['api', 'app', here.url],
      ['api', 'other app', here.url],
      ['other api', 'app', here.url],
      ['api', 'app', there.url],
      ['api', 'app', here.url],
    ];
    const directories = await Promise.all(callers.map((caller) => ask(...caller)));
    assert.deepEqual(
      directories.map((resources) => resources.user(USER_ID)?.name),
      callers.map(([apiKey, appKey]) => `${apiKey} ${appKey}`),
    );
    // Only the last caller is the same as the first.
    assert.equal(new Set(directories).size, 4);
    assert.equal(directories[4], directories[0]);
    assert.deepEqual([here.seen.length, there.seen.length], [3, 1]);
  });

  test('in the parse cache, though the bytes are the same', async () => {
    const script = json(userDocument());
    await using here = await startUpstream(script);
    await using there = await startUpstream(script);
    const ask = createAsker();
    const first = await ask('api', 'app', here.url);
    assert.equal(await ask('api', 'app', here.url), first);
    const others: readonly Caller[] = [
      ['api', 'other app', here.url],
      ['other api', 'app', here.url],
      ['api', 'app', there.url],
      ['api', 'app', here.url, 'users/other'],
      // Joined, these keys equal the first caller's.
      ['apia', 'pp', here.url],
    ];
    for (const caller of others) {
      assert.notEqual(await ask(...caller), first, caller.join(' '));
    }
    assert.equal(await ask('api', 'app', here.url), first);
  });
});

test('a response of HeyGen’s is shared among equal keys only, while the call is under way and in the parse cache', async () => {
  await using heygen = await startUpstream((response, seen, call) => {
    json(v1({ ...user, first_name: seen.headers['x-api-key'] }))(response, seen, call);
  });
  const client = createHeyGen(
    { baseUrl: new URL(heygen.url), version: 'v1', credentials: undefined },
    createUpstream(vendor),
  );
  const ask = (key: string) => client.fetchCurrentUser(new Secret(key), request);
  const [one, other, again] = await Promise.all(['one', 'other', 'one'].map(ask));
  assert.deepEqual([one?.firstName, other?.firstName], ['one', 'other']);
  assert.equal(again, one);
  assert.equal(await ask('one'), one);
  assert.equal(await ask('other'), other);
});
