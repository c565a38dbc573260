import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { jsonSize } from '../src/server/execution/json-size.ts';
import { SerializedList, SerializedObject } from '../src/server/execution/serialized-list.ts';
import { permission, role, userWithRoles } from './fixtures/datadog.ts';
import { createRolecallFor, type Rolecall } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

/** The ordinary executor executes an operation twice; from the third time on, compiled code does. */
const TIMES = 5;
const MEBIBYTE = 1024 ** 2;
/** Thirty of these exceed the 16 MiB that a response may have. */
const LONG = 'x'.repeat(0.6 * MEBIBYTE);

const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

/** One in a hundred permissions has this text. */
function documentWith(text: string) {
  const permissions = Array.from({ length: 400 }, (_, index) =>
    permission(index + 1, index % 100 === 0 ? { description: text, name_aliases: [text] } : {}),
  );
  const ids = permissions.map(({ id }) => id);
  return userWithRoles([role(1, ids, { name: text }), role(2, ids)], permissions);
}

async function post(rolecall: Rolecall, path: string, body: unknown) {
  const response = await rolecall.fetch(`http://rolecall.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

function assertTooLarge({ status, text }: Awaited<ReturnType<typeof post>>) {
  assert.equal(status, 400);
  const body = JSON.parse(text);
  assert.deepEqual(Object.keys(body), ['errors']);
  const codes = body.errors.map((error: any) => error.extensions.code);
  assert.deepEqual(codes, ['RESPONSE_TOO_LARGE']);
}

/** The length of the longest text that JSON.stringify returns from now on. */
function watchTexts({ mock }: TestContext): () => number {
  const { mock: written } = mock.method(JSON, 'stringify');
  return () => Math.max(...written.calls.map(({ result }) => result?.length ?? 0));
}

describe('a response that is too large', () => {
  const cases = {
    'an object that has a long text under many aliases': `{ viewer { datadog { roles { id permissions { id } ${aliases(30, 'name')} } } } }`,
    'a list of objects that have one': `{ viewer { datadog { permissions { ${aliases(30, 'description')} } } } }`,
    'a list of objects that have lists of such': `{ viewer { datadog { permissions { ${aliases(30, 'nameAliases')} } } } }`,
    'such a list again and again': `{ viewer { datadog { ${aliases(20, 'permissions { description }')} } } }`,
  };
  for (const [title, query] of Object.entries(cases)) {
    test(`is refused each time, before it is written: ${title}`, async (context) => {
      await using datadog = await startUpstream(json(documentWith(LONG)));
      const rolecall = createRolecallFor({ datadog }, { UPSTREAM_MAX_BYTES: `${8 * MEBIBYTE}` });
      await rolecall.query('{ viewer { datadog { id } } }');
      for (let time = 0; time < TIMES; time += 1) {
        const longest = watchTexts(context);
        const response = await post(rolecall, '/graphql', { query });
        // The vendor's body, written in this process, contains nine.
        assert.ok(longest() < 10 * LONG.length, `${longest()}`);
        context.mock.restoreAll();
        assertTooLarge(response);
      }
    });
  }

  test('is refused at /subgraph, where representations repeat what is long', async () => {
    await using datadog = await startUpstream(json(documentWith(LONG)));
    const rolecall = createRolecallFor({ datadog }, { UPSTREAM_MAX_BYTES: `${8 * MEBIBYTE}` });
    const query =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Role { name } } }';
    const representations = Array.from({ length: 40 }, () => ({
      __typename: 'Role',
      id: role(1, []).id,
    }));
    for (let time = 0; time < TIMES; time += 1) {
      assertTooLarge(await post(rolecall, '/subgraph', { query, variables: { representations } }));
    }
  });

  test('is one byte longer than what is served, whatever is in it', async () => {
    const text = 'é"\\\u0001\u2028\ud800😀';
    await using datadog = await startUpstream(json(documentWith(text)));
    for (const query of [
      '{ viewer { datadog { roles { name managed userCount } organization { name } } } }',
      '{ viewer { datadog { permissions { description nameAliases restricted } } } }',
      '{ viewer { datadog { grants { permission { description } roles { permissions(names: ["permission_1"]) { id description } } } } } }',
    ]) {
      const { text: served } = await post(createRolecallFor({ datadog }), '/graphql', { query });
      const bytes = Buffer.byteLength(served) + 1;
      const [exact, short] = [bytes, bytes - 1].map((limit) =>
        createRolecallFor({ datadog }, { LIMIT_RESPONSE_BYTES: `${limit}` }),
      ) as [Rolecall, Rolecall];
      for (let time = 0; time < TIMES; time += 1) {
        assert.equal((await post(exact, '/graphql', { query })).text, served);
        assertTooLarge(await post(short, '/graphql', { query }));
      }
    }
  });

  test('counts its errors', async () => {
    const permissions = Array.from({ length: 400 }, (_, index) =>
      permission(index + 1, { restricted: 'yes' }),
    );
    const ids = permissions.map(({ id }) => id);
    await using datadog = await startUpstream(json(userWithRoles([role(1, ids)], permissions)));
    const rolecall = createRolecallFor({ datadog }, { LIMIT_RESPONSE_BYTES: '50000' });
    const query = '{ viewer { datadog { permissions { restricted } } } }';
    for (let time = 0; time < TIMES; time += 1) {
      assertTooLarge(await post(rolecall, '/graphql', { query }));
    }
  });

  test('is that of a batch: what is beyond the limit of all together is refused', async () => {
    await using datadog = await startUpstream(json(documentWith('x'.repeat(1_000))));
    const rolecall = createRolecallFor(
      { datadog },
      { LIMIT_RESPONSE_BYTES: '10000', LIMIT_BATCH: '10' },
    );
    const query = `{ viewer { datadog { permissions(names: ["permission_1"]) { ${aliases(4, 'description')} } } } }`;
    for (let time = 0; time < TIMES; time += 1) {
      const { text } = await post(rolecall, '/graphql', [{ query }, { query }, { query }]);
      const outcomes = JSON.parse(text).map(({ data, errors }: any) =>
        data ? 'served' : errors[0].extensions.code,
      );
      assert.deepEqual(outcomes.sort(), ['RESPONSE_TOO_LARGE', 'served', 'served']);
    }
  });
});

const text = fc.string({ unit: 'binary' });
const leaf = fc.oneof(text, fc.double(), fc.boolean(), fc.constantFrom(null, undefined));
const serializedList = fc
  .array(fc.dictionary(text, leaf))
  .map(
    (objects) =>
      new SerializedList(objects.map((object) => new SerializedObject(JSON.stringify(object)))),
  );
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    serializedList,
    fc.constant(new Date(0)),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')),
  ),
}));

test('the size of a result is what JSON.stringify writes, or past the limit', () => {
  fc.assert(
    fc.property(fc.dictionary(text, value), (result) => {
      const size = Buffer.byteLength(JSON.stringify(result));
      assert.equal(jsonSize({ ...result, stringify: () => '' }, size), size);
      assert.equal(jsonSize(result, size - 1), Number.POSITIVE_INFINITY);
    }),
    { numRuns: 500 },
  );
});
