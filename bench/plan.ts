import type { Size } from './contract.ts';
import type { Effort } from './load/index.ts';
import { CALLING, type Cell, PEERS, type PeerName } from './peers.ts';

/** What is measured, and how long. */
export interface Plan {
  readonly cells: readonly { readonly cell: Cell; readonly peers: readonly PeerName[] }[];
  readonly rounds: number;
  readonly effort: Readonly<Record<Size, Effort>>;
  /** For a warm-up round, which does not count, so that hot code is compiled. */
  readonly warmUp: Readonly<Record<Size, Effort>>;
  readonly startUps: number;
}

const all: Cell[] = (['fresh', 'unchanged'] as const).flatMap((mode) =>
  (['Full', 'Light'] as const).flatMap((query) =>
    (['S', 'M', 'L'] as const).map((size) => ({ size, query, mode })),
  ),
);

export const full: Plan = {
  cells: all.map((cell) => ({ cell, peers: cell.mode === 'fresh' ? CALLING : PEERS })),
  // Many short rounds rather than a few long ones, because on a shared machine only the median of a ratio is reliable.
  rounds: 11,
  effort: {
    S: { milliseconds: 700, requests: 16 },
    M: { milliseconds: 450, requests: 12 },
    L: { milliseconds: 450, requests: 8 },
  },
  warmUp: {
    S: { milliseconds: 4_000, requests: 24 },
    M: { milliseconds: 3_000, requests: 24 },
    L: { milliseconds: 2_000, requests: 24 },
  },
  startUps: 5,
};

/** Only the cells that the ratios need. */
export const quick: Plan = {
  cells: [
    { cell: { size: 'S', query: 'Full', mode: 'fresh' }, peers: ['raw', 'rolecall'] },
    { cell: { size: 'M', query: 'Full', mode: 'fresh' }, peers: CALLING },
    { cell: { size: 'L', query: 'Full', mode: 'fresh' }, peers: CALLING },
    { cell: { size: 'M', query: 'Light', mode: 'fresh' }, peers: ['rolecall'] },
    { cell: { size: 'L', query: 'Light', mode: 'fresh' }, peers: ['rolecall'] },
    { cell: { size: 'S', query: 'Full', mode: 'unchanged' }, peers: ['raw', 'cached', 'redis'] },
    { cell: { size: 'M', query: 'Full', mode: 'unchanged' }, peers: ['raw', 'rolecall', 'cached'] },
    { cell: { size: 'M', query: 'Light', mode: 'unchanged' }, peers: ['raw', 'rolecall'] },
    { cell: { size: 'L', query: 'Light', mode: 'unchanged' }, peers: ['raw', 'rolecall'] },
  ],
  rounds: 3,
  effort: {
    S: { milliseconds: 800, requests: 8 },
    M: { milliseconds: 350, requests: 8 },
    L: { milliseconds: 300, requests: 8 },
  },
  warmUp: {
    S: { milliseconds: 2_500, requests: 8 },
    M: { milliseconds: 1_000, requests: 8 },
    L: { milliseconds: 600, requests: 8 },
  },
  startUps: 3,
};
