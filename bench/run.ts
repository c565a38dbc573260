import { writeFileSync } from 'node:fs';
import { startRedis } from '../test/replicas/redis-server.ts';
import { measure } from './measure.ts';
import { startUpstream } from './peers.ts';
import { full, quick } from './plan.ts';
import { goals } from './report/goals.ts';
import { machine } from './report/machine.ts';
import { plot } from './report/plot.ts';
import { ratios } from './report/ratios.ts';
import { costs, renderResults } from './report/results.ts';

/** `--quick` only prints the ratios, in under 90 s. Without it, RESULTS.md and its plot are written too. */

const isQuick = process.argv.includes('--quick');
const plan = isQuick ? quick : full;

const redis = await startRedis();
const results = await measure(plan, {
  upstream: await startUpstream(),
  redisUrl: redis.url,
}).finally(() => redis[Symbol.asyncDispose]());
const reached = goals(results);
console.log(`${machine()}\n\n${ratios(reached)}

CPU ms per request:

${costs(plan, results)}`);
if (!isQuick) {
  const file = (name: string) => new URL(name, import.meta.url);
  writeFileSync(file('RESULTS.md'), renderResults(plan, results, reached));
  writeFileSync(file('cost.svg'), plot(results));
}
process.exit();
