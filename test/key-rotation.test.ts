import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { role, userWithRoles } from './fixtures/datadog.ts';
import { createDirectory, createRolecallWithFiles } from './support/key-files.ts';
import { findLine, linesOf } from './support/log.ts';
import { startProcess } from './support/process.ts';
import { fixtureOf, fixtures, goodVendor, vendorSaying } from './support/providers.ts';
import { codesOf, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

type Texts = Readonly<Record<string, string>>;

const query = (field: string) => `{ viewer { ${field} { id } } }`;
const nth = (keys: Texts, count: number): Texts =>
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, `${key}-${count}`]));
const sent = (headers: IncomingHttpHeaders, keys: Texts) =>
  Object.values(keys).every((key) => Object.values(headers).includes(key));

for (const fixture of fixtures) {
  const { provider, keys, urlVariable, variables } = fixture;
  const { field, title } = provider;
  const files = Object.keys(keys).map((name) => `${name}_FILE`);

  describe(`the keys of ${title} in files`, () => {
    test('are rotated 50 times under load, and no request fails or has other keys than the newest', async () => {
      await using vendor = await startUpstream(goodVendor(fixture));
      using rolecall = await createRolecallWithFiles(nth(keys, 0), {
        ...variables,
        [urlVariable]: vendor.url,
        RATE_LIMIT: '0',
      });
      const requests: Promise<unknown>[] = [];
      for (let count = 1; count <= 50; count += 1) {
        const before = vendor.seen.length;
        const next = nth(keys, count);
        // Requests under way while the files change use the old keys or the new ones, never a mixture.
        for (let each = 0; each < 3; each += 1)
          requests.push(rolecall.query(query(field)).then(dataOf));
        await rolecall.rotate(next);
        await Promise.all(requests);
        const under = vendor.seen.slice(before);
        assert.ok(under.length > 0);
        const old = nth(keys, count - 1);
        for (const { headers } of under) assert.ok(sent(headers, old) || sent(headers, next));
        dataOf(await rolecall.query(query(field)));
        assert.ok(sent(vendor.seen.at(-1)?.headers ?? {}, next), `rotation ${count}`);
      }
      assert.deepEqual(
        rolecall.rotations().map(({ variables: named, msg }) => [named, msg]),
        Array(50).fill([files, 'keys rotated: new requests use them']),
      );
      assert.doesNotMatch(rolecall.log(), /fictional-key/);
    });

    test('stay the old ones where a new file is bad, which the log says once', async () => {
      await using vendor = await startUpstream(goodVendor(fixture));
      using rolecall = await createRolecallWithFiles(keys, {
        ...variables,
        [urlVariable]: vendor.url,
      });
      const [bad = '', ...others] = Object.keys(keys);
      // If there are two files, the other one is valid, but is not used either: half a pair is useless.
      const good = Object.fromEntries(others.map((name) => [name, 'another-key']));
      await rolecall.rotate({ ...good, [bad]: 'secret with blanks' });
      await rolecall.rotate({});
      dataOf(await rolecall.query(query(field)));
      assert.ok(sent(vendor.seen.at(-1)?.headers ?? {}, keys));
      const [line, ...more] = rolecall.rotations();
      assert.deepEqual(more, []);
      assert.equal(line.level, 40);
      assert.equal(line.msg, 'keys not rotated: the old ones stay in use');
      assert.deepEqual(line.problems, [
        `${bad}_FILE: the content of ${join(rolecall.directory.path, bad)} must be a key: up to 256 printable ASCII characters without spaces.`,
      ]);
      assert.doesNotMatch(rolecall.log(), /secret|another-key|fictional-key/);
      await rolecall.rotate(nth(keys, 1));
      dataOf(await rolecall.query(query(field)));
      assert.ok(sent(vendor.seen.at(-1)?.headers ?? {}, nth(keys, 1)));
    });

    test('are redacted from the vendor’s words as soon as they are used', async () => {
      await using vendor = await startUpstream(
        vendorSaying(fixture, ({ headers }) => JSON.stringify(headers)),
      );
      using rolecall = await createRolecallWithFiles(keys, {
        ...variables,
        [urlVariable]: vendor.url,
      });
      await rolecall.rotate(nth(keys, 1));
      const response = JSON.stringify(await rolecall.query(query(field)));
      assert.match(response, /\[redacted\]/);
      assert.doesNotMatch(response, /fictional-key/);
    });
  });
}

test('an operation under way ends with the keys it began with, in calls that it makes later too', async () => {
  const { keys } = fixtureOf('datadog');
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const { promise: rotated, resolve: rotate } = Promise.withResolvers<void>();
  await using datadog = await startUpstream(async (...call) => {
    if (call[2] > 1) return json({ data: role(1, []) })(...call);
    arrive();
    await rotated;
    json({ data: userWithRoles([role(1, [])], []).data })(...call);
  });
  using rolecall = await createRolecallWithFiles(keys, {
    DATADOG_API_URL: datadog.url,
    DD_EXPAND: 'rest',
  });
  const response = rolecall.query('{ viewer { datadog { id roles { id name } } } }');
  await arrived;
  await rolecall.rotate(nth(keys, 1));
  rotate();
  dataOf(await response);
  assert.equal(datadog.seen.length, 2);
  for (const { headers } of datadog.seen) assert.ok(sent(headers, keys));
});

test('a bad file of one provider keeps neither another provider’s keys nor the tokens from being rotated', async () => {
  const { keys, urlVariable, provider } = fixtureOf('datadog');
  await using datadog = await startUpstream(goodVendor(fixtureOf('datadog')));
  using rolecall = await createRolecallWithFiles(
    { ...keys, HEYGEN_API_KEY: 'a', CLIENT_TOKENS: 'old-token' },
    { [urlVariable]: datadog.url },
  );
  await rolecall.rotate({ HEYGEN_API_KEY: '', ...nth(keys, 1), CLIENT_TOKENS: 'new-token' });
  const headers = { authorization: 'Bearer new-token' };
  dataOf(await rolecall.query(query(provider.field), { headers }));
  assert.ok(sent(datadog.seen.at(-1)?.headers ?? {}, nth(keys, 1)));
  assert.equal(rolecall.rotations().length, 3);
});

test('tokens in a file are rotated: new ones are let in, and old ones are not', async () => {
  using rolecall = await createRolecallWithFiles({ CLIENT_TOKENS: 'token-a\ntoken-b' });
  const ask = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await rolecall.query('{ viewer { providers } }', { headers })).status;
  };
  await rolecall.rotate({ CLIENT_TOKENS: 'token-b\ntoken-c' });
  assert.deepEqual(await Promise.all(['token-a', 'token-b', 'token-c'].map(ask)), [401, 200, 200]);
  await rolecall.rotate({ CLIENT_TOKENS: '' });
  assert.deepEqual(await Promise.all(['', 'token-b', 'token-c'].map(ask)), [401, 200, 200]);
  const [rotated, refused] = rolecall.rotations();
  assert.deepEqual(rotated.variables, ['CLIENT_TOKENS_FILE']);
  assert.match(refused.problems[0], /^CLIENT_TOKENS_FILE: .* is empty\.$/);
  assert.doesNotMatch(rolecall.log(), /token-/);
});

test('only the variable whose file changed is said to be rotated', async () => {
  const { keys } = fixtureOf('datadog');
  using rolecall = await createRolecallWithFiles(keys);
  await rolecall.rotate({ DD_APP_KEY: 'another-key' });
  const [{ variables }, ...more] = rolecall.rotations();
  assert.deepEqual([variables, more], [['DD_APP_KEY_FILE'], []]);
});

test('a process takes in the keys of a mounted secret that Kubernetes replaces', async () => {
  const fixture = fixtureOf('heygen');
  await using heygen = await startUpstream(goodVendor(fixture));
  using directory = createDirectory();
  const at = (name: string) => join(directory.path, name);
  for (const version of ['..1', '..2']) {
    mkdirSync(at(version));
    directory.write(join(version, 'key'), `fictional-key-${version}\n`);
  }
  symlinkSync('..1', at('..data'));
  symlinkSync('..data/key', at('key'));
  await using rolecall = startProcess({
    ...fixture.variables,
    HEYGEN_API_KEY_FILE: at('key'),
    HEYGEN_API_URL: heygen.url,
  });
  const url = `${await rolecall.listening()}?query=${encodeURIComponent(query('heygen'))}`;
  const ask = async () => {
    const headers = { accept: 'application/graphql-response+json' };
    assert.deepEqual(codesOf((await (await fetch(url, { headers })).json()) as never), {});
    return heygen.seen.at(-1)?.headers['x-api-key'];
  };
  assert.equal(await ask(), 'fictional-key-..1');
  symlinkSync('..2', at('..new'));
  renameSync(at('..new'), at('..data'));
  await findLine(rolecall, ({ msg }) => /^keys rotated/.test(msg));
  assert.equal(await ask(), 'fictional-key-..2');
  assert.doesNotMatch(JSON.stringify(linesOf(rolecall.stdout())), /fictional-key/);
});
