import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, execute, type GraphQLResolveInfo, parse } from 'graphql';
import type { Context } from '../src/context.ts';
import { selectsMoreThanId } from '../src/schema/selection.ts';
import { createContexts } from './support/endpoint.ts';

const schema = buildSchema(`
  type Query { roles: [Role!]! }
  type Role { id: ID! name: String permissions: [Permission!]! }
  type Permission { id: ID! name: String }
`);
const DOCUMENT = parse(`
  query ($a: Boolean!) { roles { permissions { ...P } } }
  fragment P on Permission { id name @include(if: $a) }
`);
const { newContext } = createContexts(schema);

/** Executes the query for 100 roles: what `selectsMoreThanId` found for each, and how often it looked up a fragment. */
async function lookupsOf(variableValues: Record<string, unknown>) {
  const found: boolean[] = [];
  let lookups = 0;
  const roles = Array.from({ length: 100 }, (_, id) => ({
    id,
    permissions(_args: unknown, context: Context, info: GraphQLResolveInfo) {
      const fragments = new Proxy(info.fragments, {
        get(target, name, receiver) {
          lookups += 1;
          return Reflect.get(target, name, receiver);
        },
      });
      found.push(selectsMoreThanId(context, { ...info, fragments }));
      return [];
    },
  }));
  const { errors } = await execute({
    schema,
    document: DOCUMENT,
    rootValue: { roles },
    contextValue: await newContext(),
    variableValues,
  });
  assert.equal(errors, undefined);
  return { found: [...new Set(found)], resolved: found.length, lookups };
}

test('an operation’s fragments are looked at once for all objects of a list, and again with other variables', async () => {
  assert.deepEqual(await lookupsOf({ a: true }), {
    found: [true],
    resolved: 100,
    lookups: 1,
  });
  assert.deepEqual(await lookupsOf({ a: false }), {
    found: [false],
    resolved: 100,
    lookups: 1,
  });
});
