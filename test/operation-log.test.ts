import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { GraphQLError, parse } from 'graphql';
import { pino } from 'pino';
import { createOperationLog } from '../src/server/http/operation-log.ts';

/** The log's plugin, the lines that it has written, and a clock. */
function createLog(context: TestContext) {
  const lines: any[] = [];
  const logger = pino(
    { level: 'debug', base: null, timestamp: false },
    { write: (line) => void lines.push(JSON.parse(line)) },
  );
  const clock = { now: 1_000 };
  context.mock.method(performance, 'now', () => clock.now);
  return { plugin: createOperationLog(logger) as any, lines, clock };
}

const newRequest = () =>
  new Request('http://rolecall.example/graphql', { headers: { 'X-Request-Id': 'given' } });

const failed = (...codes: unknown[]) => ({
  errors: codes.map((code) => new GraphQLError('x', { extensions: { code } })),
});

describe('the line of an operation', () => {
  test('says which it was, whom it asked, how long each took and which codes it met', (context) => {
    const { plugin, lines, clock } = createLog(context);
    const request = newRequest();
    const contextValue = {
      params: {},
      trace: {
        providers: new Set(['DATADOG']),
        upstream: [{ provider: 'DATADOG', status: 200, attempts: 2, durationMs: 12.3456 }],
      },
    };
    plugin.onRequest({ request });
    const document = parse('query One { a } query Two { b }');
    plugin.onExecute({ args: { document, operationName: 'Two', contextValue } });
    clock.now += 7.06;
    const result = failed('A', 'B', 'A');
    plugin.onExecutionResult({ request, context: contextValue, result });
    plugin.onResultProcess({ request, result });
    plugin.onResponse({ request, response: new Response('', { status: 400 }) });
    assert.deepEqual(lines, [
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

  test('of one that was not executed has the name that came with it', (context) => {
    const { plugin, lines } = createLog(context);
    const request = newRequest();
    plugin.onRequest({ request });
    plugin.onExecutionResult({
      request,
      context: { params: { operationName: 'Named' } },
      result: { data: null },
    });
    assert.deepEqual(lines, [
      {
        level: 30,
        requestId: 'given',
        operation: 'Named',
        durationMs: 0,
        providers: [],
        upstream: [],
        errors: [],
        msg: 'operation',
      },
    ]);
  });

  test('holds 100 characters of a name', (context) => {
    const { plugin, lines } = createLog(context);
    for (const name of ['x'.repeat(100), 'x'.repeat(101)]) {
      plugin.onExecutionResult({
        request: newRequest(),
        context: { params: { operationName: name } },
        result: {},
      });
    }
    assert.deepEqual(
      lines.map(({ operation }) => operation),
      ['x'.repeat(100), 'x'.repeat(100)],
    );
  });
});

describe('the line of a request without an operation', () => {
  /** The line of a request that ends like this. */
  function lineOf(context: TestContext, status: number, result?: unknown) {
    const { plugin, lines, clock } = createLog(context);
    const request = newRequest();
    plugin.onRequest({ request });
    clock.now += 3;
    if (result !== undefined) plugin.onResultProcess({ request, result });
    plugin.onResponse({ request, response: new Response(null, { status }), serverContext: {} });
    assert.equal(lines.length, 1);
    return lines[0];
  }
  const line = (status: number) => ({ requestId: 'given', durationMs: 3, status });

  test('says refused, and why, where its status or an error says so', (context) => {
    for (const [status, result, errors] of [
      [400, undefined, []],
      [403, failed('CSRF'), ['CSRF']],
      [200, failed('A'), ['A']],
      [200, [failed('A'), failed('A', 'B'), {}], ['A', 'B']],
    ] as const) {
      assert.deepEqual(lineOf(context, status, result), {
        level: 30,
        ...line(status),
        errors,
        msg: 'refused',
      });
    }
  });

  test('says served, at the level debug, where the request was served', (context) => {
    for (const [status, result] of [
      [200, undefined],
      [399, {}],
      [302, { data: {} }],
    ] as const) {
      assert.deepEqual(lineOf(context, status, result), {
        level: 20,
        ...line(status),
        msg: 'served',
      });
    }
  });
});
