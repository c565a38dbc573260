import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startIssuer } from '../../support/issuer.ts';
import { member, startOrganization } from '../../support/organization.ts';
import { json, startUpstream } from '../../support/upstream.ts';
import { ADA_ID, BOB_ID } from './callers.ts';
import { bothSubgraphs } from './compose.ts';
import { dataOf, type GraphQLResponse } from './gateway.ts';
import { type GatewayKind, type Stack, startStack } from './stack.ts';

const VIEWER = '{ viewer { datadog { id name team } } }';
const ON_CALL = 'query ($ids: [ID!]!) { onCall(ids: $ids) { name team } }';

const CALLERS = {
  ada: { id: ADA_ID, name: 'Ada Fictional' },
  bob: { id: BOB_ID, name: 'Bob Fictional' },
} as const;
type Name = keyof typeof CALLERS;
const NAMES = Object.keys(CALLERS) as Name[];

const emailOf = (name: string) => `${name}@fictional.example`;
const userOf = (name: Name) => ({ ...CALLERS[name], team: `Team of ${CALLERS[name].id}` });

/** The issuer, the organization of the server's keys, and the broker of the callers' keys. */
async function startBackends() {
  await using starting = new AsyncDisposableStack();
  const issuer = starting.use(await startIssuer());
  const members = NAMES.map((name, index) =>
    member(index + 1, emailOf(name), { name: CALLERS[name].name }),
  );
  const organization = starting.use(
    await startOrganization(member(9, emailOf('owner')), ...members),
  );
  const broker = starting.use(
    await startUpstream((...call) => {
      const { subject } = JSON.parse(call[1].body);
      const keys = { apiKey: `${subject}-api-key`, appKey: `${subject}-app-key` };
      json({ datadog: keys })(...call);
    }),
  );
  const started = starting.move();
  return { issuer, organization, broker, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

type Backends = Awaited<ReturnType<typeof startBackends>>;

/** Rolecall's environment for each way to show callers who they are. */
const WAYS: Readonly<Record<string, (backends: Backends) => Readonly<Record<string, string>>>> = {
  'VIEWER=caller': ({ organization }) => ({
    VIEWER: 'caller',
    DATADOG_API_URL: organization.url,
    DD_API_KEY: 'fictional-api-key',
    DD_APP_KEY: 'fictional-app-key',
  }),
  'CREDENTIALS=caller': ({ broker }) => ({ CREDENTIALS: 'caller', CREDENTIALS_URL: broker.url }),
};

/** Rolecall, which shows callers who they are, behind a gateway that forwards their tokens. */
export function describeCallerTokens(kind: GatewayKind) {
  for (const [way, environmentOf] of Object.entries(WAYS)) {
    describe(`${kind.name}, ${way}`, () => {
      let backends: Backends;
      let stack: Stack;
      before(async () => {
        backends = await startBackends();
        const rolecall = { ...backends.issuer.environment, ...environmentOf(backends) };
        stack = await startStack(kind, { subgraphs: bothSubgraphs, rolecall });
      });
      after(async () => {
        await stack?.[Symbol.asyncDispose]();
        await backends?.[Symbol.asyncDispose]();
      });
      beforeEach(() => stack.forget());

      const tokenOf = (name: string, claims: object = {}) =>
        backends.issuer.sign({ sub: name, email: emailOf(name), email_verified: true, ...claims });
      const send = (token: string | undefined, query = VIEWER, variables = {}) =>
        stack.query(
          query,
          token === undefined ? {} : { authorization: `Bearer ${token}` },
          variables,
        );
      /** The calls to Datadog since the last `forget`. */
      const calls = () => stack.datadog.length + backends.organization.takePaths().length;

      test('gives callers at the same time their own users', async () => {
        const names = Array.from({ length: 10 }, () => NAMES).flat();
        const responses = await Promise.all(names.map((name) => send(tokenOf(name))));
        assert.deepEqual(
          responses.map((response) => dataOf(response).viewer.datadog),
          names.map(userOf),
        );
      });

      test('gives callers only their own users where the other subgraph refers to several', async () => {
        const ids = NAMES.map((name) => CALLERS[name].id);
        const responses = await Promise.all(
          NAMES.map((name) => send(tokenOf(name), ON_CALL, { ids })),
        );
        for (const [index, response] of responses.entries()) {
          const expected = NAMES.map((name) => {
            const { name: shown, team } = userOf(name);
            return { name: name === NAMES[index] ? shown : null, team };
          });
          assert.deepEqual(dataOf(response).onCall, expected);
        }
      });

      test('keeps nothing of a caller for the next', async () => {
        for (const name of [...NAMES, ...NAMES]) {
          calls();
          stack.forget();
          assert.deepEqual(dataOf(await send(tokenOf(name))).viewer.datadog, userOf(name));
          assert.ok(calls() > 0);
          assertRefused(await send(undefined));
        }
      });

      test('passes on that a request has no token, or an invalid one, and calls no vendor', async () => {
        calls();
        const [header, payload] = tokenOf('ada').split('.');
        const [, , signature] = tokenOf('bob').split('.');
        for (const [token, reason] of [
          [undefined, /requires a token/],
          [tokenOf('ada', { exp: 1 }), /has expired/],
          [`${header}.${payload}.${signature}`, /has an invalid signature/],
        ] as const) {
          const response = await send(token);
          assertRefused(response);
          assert.match(JSON.stringify(response.errors), reason);
        }
        assert.equal(calls(), 0);
      });

      test('hands a caller’s token to no other subgraph', async () => {
        const token = tokenOf('ada');
        dataOf(await send(token));
        assert.ok(stack.directory.length > 0);
        assert.ok(!JSON.stringify(stack.directory).includes(token));
      });

      function assertRefused({ data, errors = [] }: GraphQLResponse) {
        assert.equal(data?.viewer ?? null, null);
        assert.ok(errors.length > 0);
        for (const { extensions } of errors) {
          assert.equal(kind.refusalCode(extensions), 'UNAUTHENTICATED');
        }
      }
    });
  }
}
