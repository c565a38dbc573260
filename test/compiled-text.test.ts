import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { userDocument } from './fixtures/datadog.ts';
import { createRolecallFor, type Rolecall } from './support/rolecall.ts';
import { json, startUpstream, type Upstream } from './support/upstream.ts';

/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 6;
/** What graphql-jit puts in its code for values that JSON cannot express, and then what it executes of a date. */
const MARKER = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d';
const CODE = 'globalThis.executedText=1';
const escaped = (text: string) => text.replaceAll('_', String.raw`\u005f`);

let datadog: Upstream;
let rolecall: Rolecall;
before(async () => {
  datadog = await startUpstream(json(userDocument()));
  rolecall = createRolecallFor({ datadog });
});
after(() => datadog[Symbol.asyncDispose]());

for (const [what, text] of [
  ['as it is', `"${MARKER}${CODE}"`],
  ['in escapes', `"${escaped(MARKER)}${CODE}"`],
  ['in a block', `"""${MARKER}${CODE}"""`],
] as const) {
  for (const query of [
    `{ viewer { datadog { hasPermission(name: ${text}) } } }`,
    `{ viewer { datadog { permissions(names: [${text}]) { id } } } }`,
    `query ($name: String! = ${text}) { viewer { datadog { hasPermission(name: $name) } } }`,
  ]) {
    test(`a text of a document is never executed: ${what}, ${query.slice(0, 60)}`, async () => {
      for (let time = 0; time < TIMES; time += 1) {
        const { status, errors } = await rolecall.query(query);
        assert.deepEqual({ status, errors }, { status: 200, errors: undefined });
        assert.equal('executedText' in globalThis, false);
      }
    });
  }
}
