import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findLine } from './support/log.ts';
import { startProcess } from './support/process.ts';
import { fixtures } from './support/providers.ts';

const BROKEN = join(import.meta.dirname, 'fixtures/broken-provider.mjs');
const NAMES = fixtures.map(({ user }) => user['provider']);
const repeat = (times: number, text: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => text(index)).join(' ');

const rolecall = startProcess({ RATE_LIMIT: '0', NODE_ENV: 'development', SANDBOX: '1' });
let url: string;
before(async () => {
  url = await rolecall.listening();
});
after(async () => {
  // No request in this file stopped the process or made it write to stderr.
  assert.equal((await fetch(new URL('/health', url))).status, 200);
  rolecall.child.kill('SIGTERM');
  const { code, stderr } = await rolecall.exited;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
});

async function post(body: unknown, to = url) {
  const response = await fetch(to, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const { data, errors } = JSON.parse(text);
  return { status: response.status, text, data, code: errors?.[0]?.extensions?.code };
}

/** Asserts that the whole request is refused with this code. */
async function assertRefused(body: unknown, status: number, expected: string) {
  const response = await post(body);
  assert.equal(response.status, status, response.text);
  assert.equal(response.code, expected);
  assert.equal(response.data, undefined);
}

describe('documents', () => {
  test('alias overloading', async () => {
    const query = `{ viewer { ${repeat(100, (i) => `a${i}: datadog { id }`)} } }`;
    await assertRefused({ query }, 400, 'TOO_MANY_ALIASES');
  });

  test('batch attack', async () => {
    const batch = Array.from({ length: 100 }, () => ({ query: '{ viewer { datadog { id } } }' }));
    await assertRefused(batch, 400, 'BATCH_TOO_LARGE');
  });

  test('deep fragments', async () => {
    const fragments = repeat(
      30,
      (i) => `fragment F${i} on DatadogUser { otherUsers { ...F${i + 1} } }`,
    );
    const query = `{ viewer { datadog { ...F0 } } } ${fragments} fragment F30 on DatadogUser { id }`;
    await assertRefused({ query }, 400, 'TOO_DEEP');
  });

  test('fragments that double at each level', async () => {
    const doubled = (levels: number, leaf: string) => {
      const fragments = repeat(
        levels,
        (i) => `fragment F${i} on DatadogUser { ...F${i + 1} ...F${i + 1} }`,
      );
      const last = `fragment F${levels} on DatadogUser { ${leaf} }`;
      return `{ viewer { datadog { ...F0 } } } ${fragments} ${last}`;
    };
    const { status, data } = await post({ query: doubled(8, 'id') });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(data.viewer.datadog), ['id']);
    await assertRefused({ query: doubled(8, 'a: id') }, 400, 'TOO_MANY_ALIASES');
    await assertRefused({ query: doubled(60, 'id') }, 400, 'TOO_MANY_SELECTIONS');
  });

  test('circular fragments', async () => {
    for (const query of [
      '{ viewer { ...A } } fragment A on Viewer { ...A }',
      '{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }',
      '{ viewer { datadog { ...A } } } fragment A on DatadogUser { otherUsers { ...A } }',
    ]) {
      const { status, text } = await post({ query });
      assert.equal(status, 400);
      assert.match(text, /Cannot spread fragment \\"A\\" within itself/);
    }
  });

  test('directive overloading', async () => {
    for (const directive of ['@include(if: true)', '@nope']) {
      const query = `{ viewer { providers ${repeat(100, () => directive)} } }`;
      await assertRefused({ query }, 400, 'TOO_MANY_DIRECTIVES');
    }
  });

  for (const { provider } of fixtures) {
    test(`duplicate fields of ${provider.title}’s user: one call of each vendor, and only so many`, async () => {
      const operation = `Duplicates_${provider.field}`;
      const fields = (count: number) => {
        const users = fixtures.map(({ provider: { field } }) =>
          field === provider.field
            ? `${field} { ${repeat(count, () => 'id')} }`
            : `${field} { id }`,
        );
        return { query: `query ${operation} { viewer { ${users.join(' ')} } }` };
      };
      const { status, data } = await post(fields(100));
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(data.viewer[provider.field]), ['id']);
      const { upstream } = await findLine(rolecall, (line) => line.operation === operation);
      const called = upstream.map((call: { provider: string }) => call.provider);
      assert.deepEqual(called.sort(), [...NAMES].sort());
      await assertRefused(fields(1_000), 400, 'TOO_MANY_TOKENS');
    });
  }

  test('introspection abuse: types of fields of types', async () => {
    const circular = (levels: number) =>
      `{ __schema { types ${'{ fields { type '.repeat(levels)}{ name }${' } }'.repeat(levels)} } }`;
    assert.equal((await post({ query: circular(2) })).status, 200);
    const { status, text } = await post({ query: circular(3) });
    assert.equal(status, 400);
    assert.match(text, /Maximum introspection depth exceeded/);
  });

  test('field suggestions and introspection, where the schema is hidden', async () => {
    await using hidden = startProcess({ INTROSPECTION: 'off' });
    const to = await hidden.listening();
    for (const [query, shown] of [
      ['{ viewr { providers } }', /Cannot query field \\"viewr\\" on type \\"Query\\"\."/],
      ['{ viewer { datadog { roleNames } } }', /\\"roleNames\\" on type \\"DatadogUser\\"\."/],
      ['{ __schema { types { name } } }', /introspection/],
      ['{ __type(name: "Role") { name } }', /introspection/],
    ] as const) {
      const { status, text } = await post({ query }, to);
      assert.equal(status, 400);
      assert.match(text, shown);
      assert.doesNotMatch(text, /Did you mean|"data"/);
      assert.notEqual((await post({ query })).text, text);
    }
  });

  test('unbounded variables', async () => {
    const query =
      'query($names: [String!]) { viewer { datadog { grants(names: $names) { roles { id } } } } }';
    const names = (count: number) => Array.from({ length: count }, () => 'a');
    await assertRefused({ query, variables: { names: names(1_001) } }, 400, 'LIST_TOO_LONG');
    await assertRefused({ query, variables: { names: names(50_000) } }, 413, 'BODY_TOO_LARGE');
    const nested = '['.repeat(40_000) + ']'.repeat(40_000);
    const { status, text } = await post(
      `{"query":${JSON.stringify(query)},"variables":{"names":${nested}}}`,
    );
    assert.equal(status, 400);
    assert.match(text, /got invalid value/);
    assert.ok(text.length < 1_000, text);
  });
});

describe('pages of other sites', () => {
  test('GET', async () => {
    for (const headers of [
      {},
      { accept: 'image/avif,image/webp,*/*;q=0.8' },
      { accept: 'application/json', 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      const response = await fetch(`${url}?query={viewer{providers}}`, { headers });
      assert.equal(response.status, 403);
      assert.match(await response.text(), /"code":"CSRF"/);
    }
  });

  test('forms', async () => {
    const query = '{ viewer { providers } }';
    const multipart = new FormData();
    multipart.set('operations', JSON.stringify({ query }));
    for (const body of [new URLSearchParams({ query }), multipart, JSON.stringify({ query })]) {
      const response = await fetch(url, { method: 'POST', body });
      assert.equal(response.status, 415);
      assert.match(await response.text(), /"code":"UNSUPPORTED_MEDIA_TYPE"/);
    }
  });
});

test('an internal fault is reported in the log only, without a stack trace in the response', async () => {
  for (const NODE_ENV of ['development', 'test', '']) {
    await using broken = startProcess({ NODE_ENV, NODE_OPTIONS: `--import=${BROKEN}` });
    const { status, text, data } = await post(
      { query: '{ viewer { providers datadog { id } } }' },
      await broken.listening(),
    );
    assert.equal(status, 200);
    assert.deepEqual(data, { viewer: { providers: NAMES, datadog: null } });
    assert.match(text, /"code":"INTERNAL"/);
    assert.doesNotMatch(text, /marked|stack|\.ts|\.mjs|node:|\/src\/|Error:/);
    await findLine(broken, (line) => /marked detail/.test(JSON.stringify(line)));
  }
});
