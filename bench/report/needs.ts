import type { Size } from '../contract.ts';
import { show, table } from './numbers.ts';

/** What a request costs in one way to serve it. */
export interface Costs {
  readonly title: string;
  /** Of Rolecall and of Redis. */
  readonly cpuMs: number;
  readonly redisMs: number;
}

const REQUESTS_PER_DAY = 1e9;
const PEAK = 3;
/** How busy a core may be at the peak. */
const BUSY = 0.6;
const PEOPLE = 10e6;

/** What a billion requests a day need. */
export function needs(
  costs: ReadonlyMap<Size, readonly Costs[]>,
  bytes: ReadonlyMap<Size, number>,
): string {
  const perSecond = REQUESTS_PER_DAY / 86_400;
  const peak = PEAK * perSecond;
  const cores = (ms: number) => show(Math.ceil((peak * ms) / 1_000 / BUSY));
  const rows = [...costs].flatMap(([size, ofSize]) =>
    ofSize.map(({ title, cpuMs, redisMs }) => [
      `${size}, ${title}`,
      cores(cpuMs),
      redisMs > 0 ? cores(redisMs) : '',
      redisMs > 0 ? `${show((PEOPLE * (bytes.get(size) ?? Number.NaN)) / 1e9)} GB` : '',
    ]),
  );
  const title = `A billion requests a day: ${show(perSecond)} requests/s, at the peak ${show(peak)} (${PEAK} times as many). Cores at most ${BUSY * 100}% busy; ${PEOPLE / 1e6} million people kept.`;
  return `${title}\n\n${table(['full query', 'cores', 'Redis servers', 'their memory'], rows)}`;
}
