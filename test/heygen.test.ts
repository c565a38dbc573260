import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secret } from '../src/lib/secret.ts';
import { version as rolecallVersion } from '../src/lib/version.ts';
import { createClient } from '../src/providers/heygen/client.ts';
import { vendor } from '../src/providers/heygen/vendor.ts';
import type { Upstream, VendorRequest } from '../src/upstream/upstream.ts';
import { USERNAME, user, v1, v3 } from './fixtures/heygen.ts';
import { createUpstream, request } from './support/client.ts';
import { codesOf, createRolecall, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, type Script, startUpstream, text } from './support/upstream.ts';

const QUERY = '{ viewer { heygen { id provider username displayName email firstName lastName } } }';

const paths = ({ seen }: { seen: readonly { path: string }[] }) => seen.map(({ path }) => path);

/** v1 follows the first script, v3 the second. */
const versions =
  (first: Script, third: Script): Script =>
  (response, seen, call) =>
    (seen.path === '/v1/user/me' ? first : third)(response, seen, call);

describe('the current user of HeyGen', () => {
  for (const [version, body, path] of [
    ['v1', v1(), '/v1/user/me'],
    ['v3', v3(), '/v3/users/me'],
    ['v1', { ...v1({ ...user, wallet: { balance: 1 } }), message: 'Success' }, '/v1/user/me'],
  ] as const) {
    test(`in ${version} (${JSON.stringify(body).length} bytes)`, async () => {
      await using heygen = await startUpstream(json(body));
      const rolecall = createRolecallFor({ heygen }, { HEYGEN_API_VERSION: version });
      assert.deepEqual(dataOf(await rolecall.query(QUERY)).viewer.heygen, {
        id: USERNAME,
        provider: 'HEYGEN',
        username: USERNAME,
        displayName: 'Ada Fictional',
        email: 'ada@fictional.example',
        firstName: 'Ada',
        lastName: 'Fictional',
      });
      assert.deepEqual(paths(heygen), [path]);
      const { host, connection, ...headers } = heygen.seen[0]?.headers ?? {};
      assert.deepEqual(headers, {
        'x-api-key': 'heygen-MARKEDKEY',
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': `rolecall/${rolecallVersion}`,
      });
    });
  }

  test('displayName is never "null null"', async () => {
    for (const [data, displayName] of [
      [{ first_name: null, last_name: null }, 'ada@fictional.example'],
      [{ first_name: '', last_name: ' ' }, 'ada@fictional.example'],
      [{ first_name: 'Ada', last_name: null }, 'Ada'],
      [{ first_name: 42, last_name: 'Fictional' }, 'Fictional'],
      [{ first_name: null, last_name: null, email: null }, USERNAME],
      [{ first_name: null, last_name: null, email: 'nonsense' }, USERNAME],
    ] as const) {
      await using heygen = await startUpstream(json(v1({ ...user, ...data })));
      const response = await createRolecallFor({ heygen }).query(
        '{ viewer { heygen { displayName } } }',
      );
      assert.equal(dataOf(response).viewer.heygen.displayName, displayName);
    }
  });

  test('a value that does not fit nulls its field', async () => {
    await using heygen = await startUpstream(
      json(v1({ ...user, email: 'nonsense', first_name: 42 })),
    );
    const response = await createRolecallFor({ heygen }).query(QUERY);
    assert.equal(response.data.viewer.heygen.lastName, 'Fictional');
    assert.deepEqual(codesOf(response), {
      'viewer.heygen.email': 'UPSTREAM_INVALID_VALUE',
      'viewer.heygen.firstName': 'UPSTREAM_INVALID_VALUE',
    });
  });
});

describe('HEYGEN_API_VERSION=auto', () => {
  for (const [name, gone] of [
    ['404 in HTML', text('<h1>Not Found</h1>', 404)],
    ['404 in JSON', json({ detail: 'Not Found' }, 404)],
    ['404 with the status as code', json({ code: 404, message: 'Not Found' }, 404)],
    ['410', text('', 410)],
  ] as const) {
    test(`falls back to v3 where v1 responds with ${name}, and keeps to it`, async () => {
      await using heygen = await startUpstream(versions(gone, json(v3())));
      const rolecall = createRolecallFor({ heygen });
      dataOf(await rolecall.query(QUERY));
      dataOf(await rolecall.query(QUERY));
      assert.deepEqual(paths(heygen), ['/v1/user/me', '/v3/users/me', '/v3/users/me']);
    });
  }

  test('does not keep to a v3 that has not responded well', async () => {
    await using heygen = await startUpstream(versions(text('', 404), text('', 404)));
    const rolecall = createRolecallFor({ heygen });
    await rolecall.query(QUERY);
    await rolecall.query(QUERY);
    assert.deepEqual(paths(heygen), ['/v1/user/me', '/v3/users/me', '/v1/user/me', '/v3/users/me']);
  });

  test('keeps to v3 only for the key that v1 was gone for', async () => {
    await using heygen = await startUpstream(
      versions((response, seen, call) => {
        const gone = seen.headers['x-api-key'] === 'odd';
        (gone ? text('', 404) : json(v1()))(response, seen, call);
      }, json(v3())),
    );
    const rolecall = createRolecall({ CREDENTIALS: 'request', HEYGEN_API_URL: heygen.url });
    for (const key of ['odd', 'plain', 'odd', 'plain']) {
      dataOf(await rolecall.query(QUERY, { headers: { 'X-HeyGen-Api-Key': key } }));
    }
    assert.deepEqual(
      heygen.seen.map(({ path, headers }) => `${headers['x-api-key']} ${path}`),
      [
        'odd /v1/user/me',
        'odd /v3/users/me',
        'plain /v1/user/me',
        'odd /v3/users/me',
        'plain /v1/user/me',
      ],
    );
  });

  test('returns to v1 once v3 refuses', async () => {
    let refuses = false;
    await using heygen = await startUpstream(
      versions(text('', 404), (response, seen, call) => {
        (refuses ? json({}, 401) : json(v3()))(response, seen, call);
      }),
    );
    const rolecall = createRolecallFor({ heygen });
    dataOf(await rolecall.query(QUERY));
    refuses = true;
    await rolecall.query(QUERY);
    await rolecall.query(QUERY);
    assert.deepEqual(paths(heygen), [
      '/v1/user/me',
      '/v3/users/me',
      '/v3/users/me',
      '/v1/user/me',
      '/v3/users/me',
    ]);
  });

  test('remembers no more than 10,000 keys, those that came last', async () => {
    const paths: string[] = [];
    const upstream = {
      async fetch({ path }: VendorRequest) {
        paths.push(path);
        return path.startsWith('v1') ? null : {};
      },
    };
    const client = createClient(
      { baseUrl: new URL('http://heygen.invalid/'), version: 'auto', credentials: undefined },
      upstream as unknown as Upstream,
    );
    const pathsOf = async (key: number) => {
      paths.length = 0;
      await client.fetchCurrentUser(new Secret(`key-${key}`), request);
      return [...paths];
    };
    for (let key = 0; key <= 10_000; key += 1) await pathsOf(key);
    assert.deepEqual(await pathsOf(1), ['v3/users/me']);
    assert.deepEqual(await pathsOf(0), ['v1/user/me', 'v3/users/me']);
  });

  test('looks at v1 again after an hour', async () => {
    await using heygen = await startUpstream(versions(text('', 404), json(v3())));
    let now = 1_000_000;
    const client = createClient(
      { baseUrl: new URL(heygen.url), version: 'auto', credentials: undefined },
      createUpstream(vendor),
      { now: () => now },
    );
    const ask = () => client.fetchCurrentUser(new Secret('key'), request);
    await ask();
    now += 59 * 60 * 1000;
    await ask();
    now += 60 * 1000 + 1;
    await ask();
    assert.deepEqual(paths(heygen), [
      '/v1/user/me',
      '/v3/users/me',
      '/v3/users/me',
      '/v1/user/me',
      '/v3/users/me',
    ]);
  });
});
