import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { isObjectType, isUnionType } from 'graphql';
import { fileVariable } from '../src/config/file-variables.ts';
import { ConfigError, type Environment } from '../src/config/index.ts';
import { variablesOf } from '../src/config/variables.ts';
import { startSandbox } from '../src/process/sandbox-server.ts';
import { providers } from '../src/providers/index.ts';
import { createSchemas } from '../src/schema/index.ts';
import { readConfig } from './support/config.ts';
import { fixtures, goodVendor, KEY_MARK, type Texts, vendorSaying } from './support/providers.ts';
import {
  createRolecall,
  createTestServer,
  dataOf,
  type GraphQLResponse,
  type Rolecall,
  rolecallOf,
} from './support/rolecall.ts';
import { revealed } from './support/secrets.ts';
import { type Script, type Seen, startUpstream } from './support/upstream.ts';

const README = readFileSync('README.md', 'utf8').split('\n');
const ROWS = README.filter((line) => line.startsWith('|'));
const POSSIBLE_TYPES = README.find((line) => line.includes('possibleTypes: {')) ?? '';
const EXAMPLE = readFileSync('.env.example', 'utf8');
/** The fields of the interface `User`. */
const FIELDS = '__typename provider id username displayName email';
const { subgraph } = createSchemas(providers);

test('every provider has a fixture, in the order of the list', () => {
  assert.deepEqual(
    fixtures.map(({ provider }) => provider.name),
    providers.map(({ name }) => name),
  );
});

for (const fixture of fixtures) {
  const { provider, keys, urlVariable, variables, keyHeaders, otherHeaders, stored, user } =
    fixture;
  const { field, title, name } = provider;

  const settingsOf = (environment: Environment) =>
    readConfig(environment).providers.find((each) => each.provider === provider)?.settings.value ??
    assert.fail();

  /** The server's credentials in this environment. */
  const credentialsOf = (environment: Environment) => settingsOf(environment).credentials;

  /** A vendor with this script, and a Rolecall with its own keys or those of requests. */
  async function start(script: Script, whose: 'server' | 'request' = 'server') {
    const vendor = await startUpstream(script);
    const rolecall = createRolecall({
      [urlVariable]: vendor.url,
      ...variables,
      CREDENTIALS: whose,
      ...(whose === 'server' && keys),
    });
    return {
      seen: vendor.seen,
      ask: (selection: string, headers: Record<string, string> = {}) =>
        rolecall.query(`{ viewer { ${selection} } }`, { headers }),
      [Symbol.asyncDispose]: vendor[Symbol.asyncDispose],
    };
  }

  describe(`the provider ${title}`, () => {
    test('is connected by its key variables, and only by all of them', () => {
      assert.deepEqual(Object.keys(keys), provider.keyVariables);
      assert.equal(credentialsOf({}), undefined);
      assert.notEqual(credentialsOf(keys), undefined);
      for (const part of partsOf(keys)) {
        assert.throws(
          () => readConfig(part),
          (error) =>
            error instanceof ConfigError &&
            provider.keyVariables.some(
              (key) => !(key in part) && error.message.includes(`  - ${key} must be set too`),
            ),
        );
      }
    });

    test('reads a person’s stored keys as those in headers, and quotes none of their mistakes', () => {
      const settings = settingsOf({});
      const schema = provider.storedCredentials(settings);
      const inHeaders = provider.readHeaders(new Headers(keyHeaders), settings);
      assert.deepEqual(revealed(schema.parse(stored)), revealed(inHeaders));
      const mistakes = [
        ...Object.keys(stored).flatMap((name) => [
          { ...stored, [name]: undefined },
          { ...stored, [name]: '' },
          { ...stored, [name]: `${KEY_MARK} ${KEY_MARK}` },
          { ...stored, [name]: { [KEY_MARK]: KEY_MARK } },
        ]),
        { ...stored, [KEY_MARK]: KEY_MARK },
        KEY_MARK,
        [KEY_MARK],
        null,
      ];
      for (const mistake of mistakes) {
        const issues = schema.safeParse(mistake).error?.issues ?? [];
        assert.equal(issues.length, 1, JSON.stringify(mistake));
        assert.match(issues[0]?.message ?? '', /^must /);
        assert.doesNotMatch(`${issues[0]?.path} ${issues[0]?.message}`, new RegExp(KEY_MARK));
      }
    });

    test('ignores its keys and base URL where SANDBOX=1, be they good or bad', () => {
      const bad = Object.fromEntries(Object.keys(keys).map((key) => [key, 'with blanks']));
      const environment = { ...bad, [urlVariable]: 'nonsense' };
      for (const variable of Object.keys(environment)) {
        const one = { ...keys, [variable]: environment[variable] };
        assert.throws(() => readConfig(one), new RegExp(`  - ${variable} must`));
      }
      assert.equal(credentialsOf({ ...environment, SANDBOX: '1' }), undefined);
      assert.equal(credentialsOf({ ...keys, SANDBOX: '1' }), undefined);
    });

    test('has a user in the sandbox, which takes no key but its own', async () => {
      const { config, server } = await startSandbox(readConfig(variables));
      try {
        const selection = `${field} { ${FIELDS} }`;
        const { viewer } = dataOf(await askServer(rolecallOf(createTestServer(config)), selection));
        assert.equal(viewer[field].displayName, 'Robin Sandbox');
        const { port } = server.address() as AddressInfo;
        const url = `http://127.0.0.1:${port}/${field}/`;
        const wrong = createRolecall({ ...keys, ...variables, [urlVariable]: url });
        const { errors } = await askServer(wrong, selection);
        assert.match(codeOf(errors), /^UPSTREAM_(UNAUTHENTICATED|FORBIDDEN)$/);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });

    test('is absent with CREDENTIALS=request where no key comes, and an error where not all do', async () => {
      await using vendor = await start(goodVendor(fixture), 'request');
      const selection = `providers users { id } ${field} { id }`;
      const empty = Object.fromEntries(Object.keys(keyHeaders).map((header) => [header, '']));
      for (const headers of [{}, empty]) {
        const { viewer } = dataOf(await vendor.ask(selection, headers));
        assert.deepEqual(viewer, { providers: [], users: [], [field]: null });
      }
      for (const part of partsOf(keyHeaders)) {
        const { data, errors } = await vendor.ask(selection, part);
        assert.deepEqual(data.viewer, { providers: [], users: [null], [field]: null });
        assertProvider(errors, 2);
        assert.equal(codeOf(errors), 'CREDENTIALS_MISSING');
      }
      assert.equal(vendor.seen.length, 0);
    });

    test('is connected with CREDENTIALS=request by its headers', async () => {
      assert.deepEqual(Object.keys(keyHeaders), provider.headers.keys);
      assert.deepEqual(Object.keys(otherHeaders), provider.headers.others);
      await using vendor = await start(goodVendor(fixture), 'request');
      const headers = { ...keyHeaders, ...otherHeaders };
      const { viewer } = dataOf(await vendor.ask(`providers ${field} { id }`, headers));
      assert.deepEqual(viewer, { providers: [name], [field]: { id: user['id'] } });
    });

    test('gives its user in its own field and in that of all users', async () => {
      await using vendor = await start(goodVendor(fixture));
      const { viewer } = dataOf(await vendor.ask(`${field} { ${FIELDS} } users { ${FIELDS} }`));
      assert.deepEqual(viewer, { [field]: user, users: [user] });
    });

    test('asks the vendor for nothing until its user is asked for, and then once', async () => {
      await using vendor = await start(goodVendor(fixture));
      dataOf(await vendor.ask(`providers ${field} @include(if: false) { id }`));
      assert.equal(vendor.seen.length, 0);
      dataOf(await vendor.ask(`a: ${field} { id } b: ${field} { email } users { displayName }`));
      assert.equal(vendor.seen.length, 1);
    });

    for (const whose of ['server', 'request'] as const) {
      const sent = whose === 'server' ? keys : keyHeaders;
      for (const [what, key] of Object.entries(sent)) {
        test(`shows the vendor’s words without the key of ${what}, and names itself`, async () => {
          const script = vendorSaying(fixture, (seen) => `Wrong: ${carrierOf(seen, key)} there`);
          await using vendor = await start(script, whose);
          const selection = `${field} { id }`;
          const { data, errors } = await vendor.ask(selection, whose === 'request' ? sent : {});
          assert.equal(data.viewer[field], null);
          assertProvider(errors, 1);
          const message = errors?.[0]?.message ?? '';
          assert.match(message, /Wrong: .*\[redacted\].* there/);
          assert.doesNotMatch(message, new RegExp(KEY_MARK));
        });
      }
    }

    for (const [header, key] of Object.entries(keyHeaders)) {
      test(`shares no call and no response between two values of ${header}`, async () => {
        const held: (() => void)[] = [];
        // Each call waits for the other, so a shared call would never get a response.
        await using vendor = await start((...call) => {
          held.push(() => goodVendor(fixture)(...call));
          if (held.length === 2) for (const respond of held.splice(0)) respond();
        }, 'request');
        const others = { ...keyHeaders, [header]: `${key}-other` };
        const all = [keyHeaders, others].map((headers) => vendor.ask(`${field} { id }`, headers));
        for (const each of await Promise.all(all)) dataOf(each);
        assert.deepEqual(
          vendor.seen.map((seen) => carrierOf(seen, `${key}-other`) !== undefined).sort(),
          [false, true],
        );
      });

      test(`tells callers apart by ${header} where it limits their rate`, async () => {
        const rolecall = createRolecall({ CREDENTIALS: 'request', RATE_LIMIT: '1' });
        const ask = async (headers: Record<string, string>) =>
          (await rolecall.query('{ __typename }', { headers })).status;
        assert.deepEqual([await ask(keyHeaders), await ask(keyHeaders)], [200, 429]);
        assert.equal(await ask({ ...keyHeaders, [header]: `${key}-other` }), 200);
      });
    }

    test('lets pages of CORS_ORIGINS send its headers', async () => {
      const origin = 'https://app.example';
      const { headers } = await createRolecall({ CORS_ORIGINS: origin }).fetch(
        'http://rolecall.example/graphql',
        { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } },
      );
      const allowed = headers.get('access-control-allow-headers')?.split(', ') ?? [];
      for (const header of Object.keys({ ...keyHeaders, ...otherHeaders })) {
        assert.ok(allowed.includes(header), header);
      }
    });

    test('has its variables and headers in tables of the README, and its variables in .env.example', () => {
      const files = provider.keyVariables.map(fileVariable);
      const names = [...variablesOf(provider.settings), ...files];
      const former = Object.keys(provider.renamedVariables ?? {});
      for (const variable of [...Object.keys(keys), urlVariable, ...Object.keys(variables)]) {
        assert.ok(names.includes(variable), variable);
      }
      for (const each of [...names, ...Object.keys({ ...keyHeaders, ...otherHeaders })]) {
        assert.ok(
          ROWS.some((row) => row.includes(`\`${each}\``)),
          `${each} is in no table`,
        );
      }
      const typename = `'${user['__typename']}'`;
      assert.ok(POSSIBLE_TYPES.includes(typename), `${typename} is not in possibleTypes`);
      for (const variable of names.filter((each) => !former.includes(each))) {
        assert.match(EXAMPLE, new RegExp(`^${variable}=`, 'm'));
      }
    });

    test('has a user who implements User and is an entity', () => {
      const type = subgraph.getType(user['__typename'] ?? '');
      assert.ok(isObjectType(type));
      assert.deepEqual(
        type.getInterfaces().map((each) => each.name),
        ['User'],
      );
      const entities = subgraph.getType('_Entity');
      assert.ok(isUnionType(entities) && entities.getTypes().includes(type));
    });
  });

  function assertProvider(errors: Errors, count: number) {
    assert.deepEqual(
      errors?.map(({ extensions }) => extensions?.['provider']),
      Array.from({ length: count }, () => name),
    );
  }
}

type Errors = GraphQLResponse<unknown>['errors'];

/** The code that all errors share. */
function codeOf(errors: Errors): string {
  const [code, ...others] = new Set(errors?.map(({ extensions }) => extensions?.['code']));
  assert.deepEqual(others, []);
  return String(code);
}

async function askServer(
  { fetch: send }: Pick<Rolecall, 'fetch'>,
  selection: string,
): Promise<GraphQLResponse<any>> {
  const response = await send('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ viewer { ${selection} } }` }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

/** All ways to leave out one header and keep at least one. */
function partsOf(all: Texts): readonly Texts[] {
  const names = Object.keys(all);
  if (names.length === 1) return [];
  return names.map((left) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => name !== left)),
  );
}

/** The part of a request that carries the key: its path, its body, or a header. */
function carrierOf({ path, body, headers }: Seen, key: string): string | undefined {
  return [path, body, ...Object.values(headers)].map(String).find((text) => text.includes(key));
}
