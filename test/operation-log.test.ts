import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GraphQLError } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { pino } from 'pino';
import type { Context } from '../src/context.ts';
import { createOperationLog } from '../src/server/http/operation-log.ts';
import type { ServerPlugin } from '../src/server/plugin.ts';
import { stopClock } from './support/clock.ts';
import { createEndpoint } from './support/endpoint.ts';

const failure = (code: string, status?: number) =>
  new GraphQLError('x', {
    extensions: { code, ...(status !== undefined && { http: { status } }) },
  });
const failed = (...codes: readonly string[]) => ({ errors: codes.map((code) => failure(code)) });

/** An endpoint with the log between these plugins, a stopped clock and the lines written. */
function createLogged(before: ServerPlugin = {}, after: ServerPlugin = {}) {
  const clock = stopClock();
  const lines: any[] = [];
  const logger = pino(
    { level: 'debug', base: null, timestamp: false },
    { write: (line) => void lines.push(JSON.parse(line)) },
  );
  const schema = createSchema<Context>({
    typeDefs: 'type Query { calls: String fails(code: String!): String }',
    resolvers: {
      Query: {
        calls(_query, _args, { trace }) {
          const call = { provider: 'DATADOG', status: 200, attempts: 2, durationMs: 12.3456 };
          trace.providers.add(call.provider);
          trace.upstream.push(call);
          clock.advance(7.06);
        },
        fails(_query, { code }) {
          throw failure(code, 400);
        },
      },
    },
  });
  const endpoint = createEndpoint(schema, [before, createOperationLog(logger), after]);
  return {
    clock,
    lines,
    post: (body: object) => endpoint.post(body, { 'X-Request-Id': 'given' }),
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  };
}

describe('the line of an operation', () => {
  test('says which it was, whom it asked, how long each took and which codes it met', async () => {
    using log = createLogged();
    const { status } = await log.post({
      query: `
        query One { calls }
        query Two { calls a: fails(code: "A") b: fails(code: "B") again: fails(code: "A") }
      `,
      operationName: 'Two',
    });
    assert.equal(status, 400);
    assert.deepEqual(log.lines, [
      {
        level: 30,
        requestId: 'given',
        operation: 'Two',
        durationMs: 7.1,
        providers: ['DATADOG'],
        upstream: [{ provider: 'DATADOG', status: 200, attempts: 2, durationMs: 12.3 }],
        errors: ['A', 'B'],
        msg: 'operation',
      },
    ]);
  });

  test('of one that was not executed has the name that came with it', async () => {
    using log = createLogged();
    await log.post({ query: 'query Other {', operationName: 'Named' });
    assert.deepEqual(log.lines, [
      {
        level: 30,
        requestId: 'given',
        operation: 'Named',
        durationMs: 0,
        providers: [],
        upstream: [],
        errors: ['GRAPHQL_PARSE_FAILED'],
        msg: 'operation',
      },
    ]);
  });

  test('has the name in the document where none came with it', async () => {
    using log = createLogged();
    await log.post({ query: 'query Alone { calls }' });
    assert.equal(log.lines[0]?.operation, 'Alone');
  });

  test('holds 100 characters of a name', async () => {
    using log = createLogged();
    for (const operationName of ['x'.repeat(100), 'x'.repeat(101)]) {
      await log.post({ query: '{ missing }', operationName });
    }
    assert.deepEqual(
      log.lines.map(({ operation }) => operation),
      ['x'.repeat(100), 'x'.repeat(100)],
    );
  });
});

describe('the line of a request without an operation', () => {
  /** The line of a request that ends with this status and, if it gets that far, this result. */
  async function lineOf(status: number, result?: object) {
    const response = () => new Response(null, { status });
    using log = createLogged(
      {
        onResultProcess: ({ setResult }) => setResult(result as any),
        onResponse: ({ setResponse }) => setResponse(response()),
      },
      {
        onRequest({ endResponse }) {
          log.clock.advance(3);
          if (result === undefined) endResponse(response());
        },
        onParams() {
          throw failure('NOT_EXECUTED');
        },
      },
    );
    await log.post({ query: '{ calls }' });
    assert.equal(log.lines.length, 1);
    return log.lines[0];
  }
  const line = (status: number) => ({ requestId: 'given', durationMs: 3, status });

  test('says refused, and why, where its status or an error says so', async () => {
    for (const [status, result, errors] of [
      [400, undefined, []],
      [403, failed('CSRF'), ['CSRF']],
      [200, failed('A'), ['A']],
      [200, [failed('A'), failed('A', 'B'), {}], ['A', 'B']],
    ] as const) {
      assert.deepEqual(await lineOf(status, result), {
        level: 30,
        ...line(status),
        errors,
        msg: 'refused',
      });
    }
  });

  test('says served, at the level debug, where the request was served', async () => {
    for (const [status, result] of [
      [200, undefined],
      [399, {}],
      [302, { data: {} }],
    ] as const) {
      assert.deepEqual(await lineOf(status, result), {
        level: 20,
        ...line(status),
        msg: 'served',
      });
    }
  });
});
