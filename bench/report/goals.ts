import { nodes, type Size } from '../contract.ts';
import type { Results } from '../measure.ts';
import type { Cell, PeerName } from '../peers.ts';

/** A number that has a goal, measured in each round. */
export interface Goal {
  readonly name: string;
  readonly values: readonly number[];
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** The performance goals. Ratios are taken within a round, because the machine drifts. */
export function goals(results: Results): Goal[] {
  const cpu = (peer: PeerName, cell: Cell) => results.rounds(peer, cell).map(({ cpuMs }) => cpuMs);

  function ratio(
    over: PeerName,
    under: PeerName,
    cell: Cell,
    bound: { atLeast?: number; atMost?: number },
  ): Goal {
    const { size, query, mode } = cell;
    const values = divide(cpu(over, cell), cpu(under, cell));
    const name = `${mode}, ${size} ${query.toLowerCase()}: ${over} / ${under}`;
    return { name, values, unit: '×', ...bound };
  }

  /** The cost of one permission node: the difference between the full and the light query, divided by their number. */
  function microsecondsPerNode(size: Size): number[] {
    const light = cpu('rolecall', { size, query: 'Light', mode: 'fresh' });
    return cpu('rolecall', { size, query: 'Full', mode: 'fresh' }).map(
      (cost, round) => ((cost - (light[round] ?? Number.NaN)) * 1000) / nodes(size),
    );
  }

  const [atM, atL] = [microsecondsPerNode('M'), microsecondsPerNode('L')];
  const [s, m, l] = (['S', 'M', 'L'] as const).map(
    (size) => ({ size, query: 'Full', mode: 'fresh' }) as const,
  ) as [Cell, Cell, Cell];
  const unchanged = { query: 'Light', mode: 'unchanged' } as const;

  return [
    ratio('rolecall', 'raw', s, { atMost: 2.4 }),
    ratio('rolecall', 'raw', m, { atMost: 1.15 }),
    ratio('rolecall', 'raw', l, { atMost: 1.05 }),
    ratio('rolecall', 'mercurius', m, { atMost: 1 }),
    ratio('rolecall', 'mercurius', l, { atMost: 1 }),
    ratio('apollo', 'rolecall', m, { atLeast: 3 }),
    ratio('apollo', 'rolecall', l, { atLeast: 4 }),
    ratio('rolecall', 'raw', { size: 'M', query: 'Full', mode: 'unchanged' }, { atMost: 0.8 }),
    ratio('rolecall', 'raw', { size: 'M', ...unchanged }, { atMost: 0.5 }),
    ratio('rolecall', 'raw', { size: 'L', ...unchanged }, { atMost: 0.2 }),
    ratio('cached', 'raw', { size: 'S', query: 'Full', mode: 'unchanged' }, { atMost: 0.8 }),
    ratio('redis', 'raw', { size: 'S', query: 'Full', mode: 'unchanged' }, { atMost: 1.3 }),
    ratio('cached', 'raw', { size: 'M', query: 'Full', mode: 'unchanged' }, { atMost: 0.35 }),
    { name: 'CPU per extra permission node at L', values: atL, unit: ' µs', atMost: 1.3 },
    {
      name: 'the same, L / M',
      values: divide(atL, atM),
      unit: '×',
      // The ratio may be below 1: a permission is serialized once, and at L, more roles share each.
      atMost: 1.2,
    },
    {
      name: 'peak memory at L, 8 connections: rolecall / raw',
      values: [results.peakMb('rolecall', 'L') / results.peakMb('raw', 'L')],
      unit: '×',
      atMost: 1.2,
    },
    {
      name: 'start-up to first response',
      values: results.startUpMs,
      unit: ' ms',
      atMost: 1000,
    },
  ];
}

function divide(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, round) => value / (under[round] ?? Number.NaN));
}
