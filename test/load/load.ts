/** Rolecall under load, with vendors that fail at random: `node test/load/load.ts [--seconds N]`. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startProcess } from '../support/process.ts';
import { DATADOG_KEYS, HEYGEN_KEY } from '../support/rolecall.ts';
import { startClients } from './clients.ts';
import { startFaultyVendor } from './vendor.ts';

const CLIENTS = 16;
/** How much memory may grow: `held` after garbage collection, `resident` from the system, which seldom shrinks. */
const MAX_GROWTH = { held: 0.2, resident: 0.5 };
/** For connections to vendors that stay open for a while. */
const SPARE_DESCRIPTORS = 4;
const MAX_SETTLE_SECONDS = 20;
const TELLS_MEMORY = join(import.meta.dirname, '../fixtures/tells-memory.mjs');
const EXPECTED = /^200( UPSTREAM_(TIMEOUT|UNAVAILABLE|RATE_LIMITED|INVALID_RESPONSE))?$/;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } });
const seconds = Number(values.seconds);
assert.ok(seconds >= 6, '--seconds must be 6 or more');
const warmUpSeconds = Math.max(3, seconds / 6);

using vendor = await startFaultyVendor();
await using rolecall = startProcess({
  ...DATADOG_KEYS,
  ...HEYGEN_KEY,
  DATADOG_API_URL: vendor.url,
  HEYGEN_API_URL: vendor.url,
  HEYGEN_API_VERSION: 'v1',
  RATE_LIMIT: '0',
  UPSTREAM_TIMEOUT_MS: '300',
  UPSTREAM_DEADLINE_MS: '900',
  BREAKER_RESET_MS: '500',
  NODE_OPTIONS: `--expose-gc --import=${TELLS_MEMORY}`,
});
const url = await rolecall.listening();
const idle = descriptors();

/** Applies load for this long, and then waits until descriptors are back to normal. */
async function load(forSeconds: number) {
  const clients = startClients(url, CLIENTS);
  await delay(forSeconds * 1_000);
  await clients.stop();
  assertExpected(clients.outcomes, EXPECTED);
  const levels: Memory[] = [];
  for (let i = 0; i < MAX_SETTLE_SECONDS; i += 1) {
    levels.push(await memory());
    if (levels.length >= 5 && descriptors() <= idle + SPARE_DESCRIPTORS) break;
  }
  return {
    outcomes: clients.outcomes,
    held: Math.min(...levels.map(({ held }) => held)),
    resident: Math.min(...levels.map(({ resident }) => resident)),
    descriptors: descriptors(),
  };
}

const warm = await load(warmUpSeconds);
const loaded = await load(seconds - warmUpSeconds);
const columns = ['held', 'resident', 'descriptors'];
console.table(
  {
    'at rest': { descriptors: idle },
    [`after ${warmUpSeconds} s`]: warm,
    [`after ${seconds} s`]: loaded,
  },
  columns,
);
console.table(Object.fromEntries([...loaded.outcomes].sort()));
for (const kind of ['held', 'resident'] as const) {
  const growth = loaded[kind] / warm[kind] - 1;
  assert.ok(growth <= MAX_GROWTH[kind], `${kind} memory grew by ${Math.round(growth * 100)}%`);
}
assert.ok(loaded.descriptors <= idle + SPARE_DESCRIPTORS, 'descriptors are left open');

const last = startClients(url, CLIENTS);
await delay(2_000);
rolecall.child.kill('SIGTERM');
await last.refused;
const { code, stderr } = await rolecall.exited;
last.outcomes.delete('ECONNREFUSED');
assertExpected(last.outcomes, EXPECTED);
assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
console.log('SIGTERM under load: no request was lost');
console.table(Object.fromEntries([...last.outcomes].sort()));

function assertExpected(outcomes: ReadonlyMap<string, number>, expected: RegExp): void {
  const odd = [...outcomes].filter(([outcome]) => !expected.test(outcome));
  assert.deepEqual(odd, [], 'nothing unexpected comes of a request');
  assert.ok((outcomes.get('200') ?? 0) > 0, 'some requests succeed');
}

function descriptors(): number {
  return readdirSync(`/proc/${rolecall.child.pid}/fd`).length;
}

/** In MiB. */
interface Memory {
  readonly held: number;
  readonly resident: number;
}

/** The memory one second after garbage collection. */
async function memory(): Promise<Memory> {
  rolecall.child.kill('SIGUSR2');
  await delay(1_000);
  const output = rolecall.stdout();
  const [line = ''] = output.slice(output.lastIndexOf('{"memory":')).split('\n');
  const { heapUsed, external, rss } = JSON.parse(line).memory;
  return { held: mebibytes(heapUsed + external), resident: mebibytes(rss) };
}

function mebibytes(bytes: number): number {
  return Math.round((bytes / 1024 ** 2) * 10) / 10;
}
