import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, execute, type GraphQLResolveInfo, parse } from 'graphql';
import type { Context } from '../src/context.ts';
import { selectsMoreThanId } from '../src/schema/selection.ts';
import { ExecutionState } from '../src/server/execution/state.ts';

const schema = buildSchema(`
  type Query { roles: [Role!]! }
  type Role { id: ID! name: String permissions: [Permission!]! }
  type Permission { id: ID! name: String }
`);

/** What each role's `permissions` was found to ask for, and how often a fragment was looked up for that. */
async function looksOf(query: string, variableValues: Record<string, unknown>) {
  const found: boolean[] = [];
  let looks = 0;
  const roles = Array.from({ length: 100 }, (_, id) => ({
    id,
    permissions(_args: unknown, context: Context, info: GraphQLResolveInfo) {
      const fragments = new Proxy(info.fragments, {
        get(target, name, receiver) {
          looks += 1;
          return Reflect.get(target, name, receiver);
        },
      });
      found.push(selectsMoreThanId(context, { ...info, fragments }));
      return [];
    },
  }));
  const document = parse(query);
  const contextValue = { execution: new ExecutionState(0) };
  const { errors } = await execute({
    schema,
    document,
    rootValue: { roles },
    contextValue,
    variableValues,
  });
  assert.equal(errors, undefined);
  return { found: [...new Set(found)], resolved: found.length, looks };
}

const QUERY =
  'query ($a: Boolean!) { roles { permissions { ...P } } } fragment P on Permission { id name @include(if: $a) }';

test('an operation’s fragments are looked at once for all objects of a list, and again with other variables', async () => {
  assert.deepEqual(await looksOf(QUERY, { a: true }), { found: [true], resolved: 100, looks: 1 });
  assert.deepEqual(await looksOf(QUERY, { a: false }), { found: [false], resolved: 100, looks: 1 });
});
