import { administrator } from '../test/fixtures/datadog.ts';
import { v1 } from '../test/fixtures/heygen.ts';
import { createRolecallFor } from '../test/support/rolecall.ts';
import { json, startUpstream } from '../test/support/upstream.ts';
import { corners } from './corners.ts';
import { createRandom, randomDocument } from './random-documents.ts';

/**
 * Shows how long requests near the limits block the event loop: the CPU time of its thread, with a vendor of 412
 * permissions in the same thread. `npm run bench:limits [documents [seed]]` also sends this many random documents.
 */

const [documents = '1000', seed = '1'] = process.argv.slice(2);
/** The operation is compiled at the third request. */
const TIMES = 4;
const WORST = 8;

await using datadog = await startUpstream(json(administrator()));
await using heygen = await startUpstream(json(v1()));
const rolecall = createRolecallFor(
  { datadog, heygen },
  { RATE_LIMIT: '0', HEYGEN_API_VERSION: 'v1' },
);

async function ask(path: string, body: string) {
  const before = process.threadCpuUsage();
  const response = await rolecall.fetch(`http://rolecall.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  const { user, system } = process.threadCpuUsage(before);
  return { ms: Math.round((user + system) / 100) / 10, text };
}

async function costOf(path: string, body: string) {
  const runs = [];
  for (let time = 1; time <= TIMES; time += 1) runs.push(await ask(path, body));
  const [first, , third, fourth] = runs.map(({ ms }) => ms);
  const text = runs[0]?.text ?? '';
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? 'served';
  return { first, third, fourth, KiB: Math.ceil(text.length / 1024), code };
}

const random = createRandom(Number(seed));
for (let index = 0; index < 200; index += 1) {
  const { query } = randomDocument(random);
  await costOf('/graphql', JSON.stringify({ query }));
}

const rows: Record<string, object> = {};
for (const { name, query, path = '/graphql', variables } of corners) {
  rows[name] = await costOf(path, JSON.stringify({ query, variables }));
}
console.log('CPU ms of the event loop for the first, third and fourth request:');
console.table(rows);

interface Cost extends Awaited<ReturnType<typeof costOf>> {
  readonly selections: number;
  readonly query: string;
}

const costs: Cost[] = [];
for (let index = 0; index < Number(documents); index += 1) {
  const { query, selections } = randomDocument(random);
  const cost = await costOf('/graphql', JSON.stringify({ query }));
  costs.push({ selections, ...cost, query: query.slice(0, 60) });
}
const worstOf = ({ first = 0, third = 0, fourth = 0 }: Cost) => Math.max(first, third, fourth);
costs.sort((a, b) => worstOf(b) - worstOf(a));
console.log(`The worst of ${documents} random documents (seed ${seed}):`);
console.table(costs.slice(0, WORST));
const codes = Object.groupBy(costs, ({ code }) => code);
console.table(
  Object.fromEntries(
    Object.entries(codes).map(([code, some = []]) => [
      code,
      { documents: some.length, worst: Math.max(...some.map(worstOf)) },
    ]),
  ),
);
