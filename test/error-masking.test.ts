import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GraphQLError, parse } from 'graphql';
import { RolecallError } from '../src/errors.ts';
import { maskError } from '../src/server/errors/mask-error.ts';

const meant = new RolecallError('for callers', { code: 'UPSTREAM_TIMEOUT' });
const fault = new Error('of our own');

const codeOf = (error: Error) => (error as GraphQLError).extensions['code'];

describe('an error that callers are meant to read is given as it is', () => {
  for (const [name, error] of [
    ['of GraphQL itself', new GraphQLError('of the request')],
    ['of Rolecall’s, located', new GraphQLError(meant.message, { originalError: meant })],
    [
      'of Rolecall’s, located twice',
      new GraphQLError(meant.message, {
        originalError: new GraphQLError(meant.message, { originalError: meant }),
      }),
    ],
  ] as const) {
    test(name, () => assert.equal(maskError(error), error));
  }

  test('with the code that it has, else BAD_USER_INPUT', () => {
    const coded = new GraphQLError('x', { extensions: { code: 'SOME_CODE' } });
    assert.equal(codeOf(maskError(coded)), 'SOME_CODE');
    assert.equal(codeOf(maskError(new GraphQLError('x'))), 'BAD_USER_INPUT');
  });

  test('but for what a parser said of a body, which refuses the request', () => {
    const error = new GraphQLError('x', {
      extensions: { originalError: { message: 'the body' }, other: 1 },
    });
    const { extensions } = maskError(error) as GraphQLError;
    assert.deepEqual(extensions, {
      code: 'BAD_REQUEST',
      http: { status: 400, headers: {}, spec: false },
      other: 1,
    });
  });
});

describe('any other error is masked', () => {
  const [node] = parse('{ a }').definitions;
  assert.ok(node);

  for (const [name, error] of [
    ['of no kind', fault],
    ['that is no Error', 'a text'],
    ['of Rolecall’s that GraphQL has not located', meant],
    ['located', new GraphQLError(fault.message, { originalError: fault })],
    [
      'located twice',
      new GraphQLError(fault.message, {
        originalError: new GraphQLError(fault.message, { originalError: fault }),
      }),
    ],
  ] as const) {
    test(name, () => {
      const masked = maskError(error) as GraphQLError;
      assert.deepEqual(masked.extensions, { code: 'INTERNAL' });
      assert.match(masked.message, /^Rolecall failed\./);
      assert.equal(masked.originalError, undefined);
      assert.equal(masked.path, undefined);
      assert.equal(masked.nodes, undefined);
    });
  }

  test('with its place in the document and in the response', () => {
    const located = new GraphQLError('x', {
      nodes: node,
      path: ['a', 0],
      originalError: fault,
      extensions: { detail: 'of our own' },
    });
    const masked = maskError(located) as GraphQLError;
    assert.deepEqual(masked.nodes, [node]);
    assert.deepEqual(masked.path, ['a', 0]);
    assert.deepEqual(masked.extensions, { code: 'INTERNAL' });
  });
});
