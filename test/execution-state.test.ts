import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ExecutionResult,
  execute,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import type { Context } from '../src/context.ts';
import { RolecallError } from '../src/errors.ts';
import { createCompiledExecution } from '../src/server/execution/compiled.ts';
import { createContexts } from './support/endpoint.ts';

const COMPILED_FROM = 3;
const failure = new RolecallError('no', { code: 'UPSTREAM_TIMEOUT' });

/** One field notes a partial error, the other one fails. */
const schema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, Context>({
    name: 'Query',
    fields: {
      partial: {
        type: GraphQLString,
        resolve(_source, _args, { execution: { partialErrors } }, { path }) {
          partialErrors.set(failure, (partialErrors.get(failure) ?? new Set()).add(path));
          return 'partial';
        },
      },
      failing: {
        type: GraphQLString,
        resolve() {
          throw failure;
        },
      },
    },
  }),
});

test('an operation that is executed again starts with a state in which nothing is noted', async () => {
  const { newContext } = createContexts(schema);
  const compiledExecution = createCompiledExecution(schema);
  const document = parse('{ partial failing }');
  for (let time = 1; time <= COMPILED_FROM + 1; time += 1) {
    const contextValue = await newContext();
    const { execution: first } = contextValue;
    const args = { schema, document, contextValue };
    const compiled = compiledExecution(args, execute);
    assert.equal(compiled !== undefined, time >= COMPILED_FROM);
    const { data, errors } = (await (compiled ?? execute)(args)) as ExecutionResult;
    assert.deepEqual({ ...data }, { partial: 'partial', failing: null });
    assert.equal(errors?.length, 1);
    assert.equal(contextValue.execution === first, time < COMPILED_FROM);
    assert.equal(contextValue.execution.partialErrors.get(failure)?.size, 1);
  }
});
