import { randomBytes } from 'node:crypto';
import { startRedis, type TestRedis } from '../test/replicas/redis-server.ts';
import { credential, type Mode, SIZES, type Size } from './contract.ts';
import { Load } from './load/index.ts';
import { ask, startUpstream } from './peers.ts';
import { type Running, start } from './processes.ts';
import { machine } from './report/machine.ts';
import { type Costs, needs } from './report/needs.ts';
import { median, show, table } from './report/numbers.ts';

/**
 * Measures what sizing needs: the CPU time of a request, at Rolecall and at Redis, and the memory that a person takes
 * in Redis. Prints both, and what they mean for a billion requests a day: `npm run bench:sizing`, about five minutes.
 */

const ROUNDS = 9;
const EFFORT = { milliseconds: 800, requests: 16 };
const WARM_UP = { milliseconds: 5_000, requests: 64 };
const PEOPLE = 50;

/** As users run it. The rate limit is never reached, but counted. */
const COMMON = { CREDENTIALS: 'request', GRAPHIQL: 'off', RATE_LIMIT: '10000000' };
const CACHED = { ...COMMON, CACHE_TTL_SECONDS: '3600' };

interface Way {
  readonly title: string;
  readonly mode: Mode;
  readonly usesRedis: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

const WAYS: readonly Way[] = [
  { title: 'not cached', mode: 'fresh', usesRedis: false, variables: COMMON },
  { title: 'cached in memory', mode: 'unchanged', usesRedis: false, variables: CACHED },
  { title: 'in Redis, parsed before', mode: 'unchanged', usesRedis: true, variables: CACHED },
  {
    title: 'in Redis, parsed anew',
    mode: 'unchanged',
    usesRedis: true,
    variables: { ...CACHED, DOCUMENT_MEMORY_MB: '0' },
  },
];

const sizes = Object.keys(SIZES) as Size[];
const redis = await startRedis();
const upstream = await startUpstream();
const load = new Load();

function startRolecall({ usesRedis, variables }: Way, mode: Mode): Promise<Running> {
  const all = {
    DATADOG_API_URL: upstream.origin,
    HEYGEN_API_URL: upstream.origin,
    ...variables,
    ...(usesRedis && { REDIS_URL: redis.url, CACHE_SECRET: randomBytes(32).toString('base64') }),
  };
  const key = credential('S', mode, 'first');
  return start('../src/start.mjs', all, (origin) => ask(origin, 'Light', key));
}

/** How much CPU time Redis has used, in ms. */
async function redisCpuMs(server: TestRedis): Promise<number> {
  using client = server.look();
  const info = await client.info('cpu');
  const seconds = ['used_cpu_sys', 'used_cpu_user'].map((name) =>
    Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]),
  );
  return seconds.reduce((sum, each) => sum + each) * 1_000;
}

/** The medians of all ways at this size; in each round, one way after another. */
async function measure(size: Size): Promise<Costs[]> {
  const servers = await Promise.all(WAYS.map((way) => startRolecall(way, way.mode)));
  const rounds: { own: number; redis: number }[][] = WAYS.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    console.error(`${size}: ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`} …`);
    for (const [index, { mode }] of WAYS.entries()) {
      const cell = { size, query: 'Full', mode } as const;
      const before = await redisCpuMs(redis);
      const began = performance.now();
      const measured = await load.run(
        `way${index}`,
        servers[index] as Running,
        cell,
        round === 0 ? WARM_UP : EFFORT,
      );
      const requests = (measured.perSecond * (performance.now() - began)) / 1_000;
      const redisMs = ((await redisCpuMs(redis)) - before) / requests;
      if (round > 0) rounds[index]?.push({ own: measured.cpuMs, redis: redisMs });
    }
  }
  await Promise.all(servers.map((server) => server.stop()));
  return WAYS.map(({ title, usesRedis }, index) => {
    const some = rounds[index] ?? [];
    return {
      title,
      cpuMs: median(some.map(({ own }) => own)),
      redisMs: usesRedis ? median(some.map((each) => each.redis)) : 0,
    };
  });
}

/** What a person takes in Redis, in bytes: the responses of both vendors, and the counts of the rate limit. */
async function bytesPerPerson(size: Size) {
  using client = redis.look();
  await client.flushall();
  const server = await startRolecall(WAYS.at(-1) as Way, 'unchanged');
  async function used(kind: string): Promise<number> {
    const names = await client.keys(`rolecall:${kind}:*`);
    const bytes = await Promise.all(names.map((name) => client.memory('USAGE', name)));
    return bytes.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  }
  const before = { responses: await used('response'), counts: await used('limit') };
  for (let person = 0; person < PEOPLE; person += 1) {
    const response = await ask(server.origin, 'Full', credential(size, 'unchanged', `${person}`));
    await response.arrayBuffer();
  }
  const after = { responses: await used('response'), counts: await used('limit') };
  await server.stop();
  return {
    responses: (after.responses - before.responses) / PEOPLE,
    counts: (after.counts - before.counts) / PEOPLE,
  };
}

console.log(`${machine()}\n`);
const rows: string[][] = [];
const costs = new Map<Size, readonly Costs[]>();
const bytes = new Map<Size, number>();
const memory: string[][] = [];
for (const size of sizes) {
  const ofSize = await measure(size);
  costs.set(size, ofSize);
  const { responses, counts } = await bytesPerPerson(size);
  bytes.set(size, responses);
  memory.push([size, show(responses), `${show(responses / 1e3)} GB`, show(counts)]);
  for (const { title, cpuMs, redisMs } of ofSize) {
    rows.push([
      `${size}, ${title}`,
      show(cpuMs),
      show(1_000 / cpuMs),
      redisMs > 0 ? show(redisMs) : '',
      redisMs > 0 ? show(1_000 / redisMs) : '',
    ]);
  }
}
console.log(
  `${table(['full query', 'CPU ms per request', 'requests/s per core', 'Redis: CPU ms', 'requests/s per Redis'], rows)}\n`,
);
console.log(
  `${table(['in Redis', 'bytes per person', 'a million people', 'bytes of counts, for a minute'], memory)}\n`,
);
console.log(needs(costs, bytes));
load.stop();
await redis[Symbol.asyncDispose]();
process.exit();
