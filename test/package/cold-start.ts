import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../../bench/report/machine.ts';
import { median, show, table } from '../../bench/report/numbers.ts';
import { bundleFunction, cacheVariables, compileFunction, eventOf } from './function.ts';
import { installPackage } from './installed.ts';

/**
 * Measures the cold start of the documented function, from the start of its process to its first response, with the
 * sandbox: as installed, bundled, and bundled with compiled code. The ways take turns. `npm run bench:cold-start`, about
 * a minute.
 */

const ROUNDS = 20;
const EVENT = eventOf(JSON.stringify({ query: '{ viewer { datadog { displayName } } }' }));
const INVOKE = `
  const { handler } = await import(process.argv[2]);
  const { statusCode } = await handler(${JSON.stringify(EVENT)});
  const cpu = process.cpuUsage();
  console.log(JSON.stringify([statusCode, performance.now(), (cpu.user + cpu.system) / 1000]));
  process.exit();`;

interface Way {
  readonly title: string;
  readonly module: string;
  readonly variables?: Readonly<Record<string, string>>;
}

using installed = installPackage();
const { folder } = installed;
const invoke = join(folder, 'invoke.mjs');
writeFileSync(invoke, INVOKE);
const bundle = bundleFunction(installed);
compileFunction(installed);

const ways: readonly Way[] = [
  { title: 'as installed', module: join(folder, 'lambda.mjs') },
  { title: 'bundled', module: join(bundle, 'index.mjs') },
  {
    title: 'bundled, with compiled code',
    module: join(bundle, 'index.mjs'),
    variables: cacheVariables(bundle),
  },
];
const results = ways.map(() => ({ wall: [] as number[], cpu: [] as number[] }));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [index, way] of ways.entries()) {
    const [status, wall, cpu] = start(way);
    if (status !== 200) throw new Error(`${way.title}: status ${status}`);
    results[index]?.wall.push(wall);
    results[index]?.cpu.push(cpu);
  }
}

function start({ module, variables = {} }: Way): readonly [number, number, number] {
  const output = execFileSync(process.execPath, [invoke, module], {
    encoding: 'utf8',
    env: { SANDBOX: '1', GRAPHIQL: 'off', LOG_LEVEL: 'silent', ...variables },
  });
  return JSON.parse(output);
}

const rows = results.map(({ wall, cpu }, index) => [
  ways[index]?.title ?? '',
  show(median(wall)),
  show(Math.min(...wall)),
  show(median(cpu)),
]);
console.log(`${machine()} ${ROUNDS} starts of each.\n`);
console.log(table(['', 'ms to the first response', 'fastest', 'ms of CPU'], rows));
