import { nodes, SIZES, type Size } from '../contract.ts';
import type { Measurement } from '../load/job.ts';
import type { Results } from '../measure.ts';
import { cellName, PEERS, TITLES } from '../peers.ts';
import type { Plan } from '../plan.ts';
import type { Goal } from './goals.ts';
import { machine, versions } from './machine.ts';
import { median, show, table } from './numbers.ts';
import { ratios } from './ratios.ts';

/** The content of RESULTS.md. */
export function renderResults(plan: Plan, results: Results, goals: readonly Goal[]): string {
  const sizes = Object.keys(SIZES) as Size[];
  return `# Results

Written by \`npm run bench\`; [README.md](README.md) says what is measured and how. ${machine()}

Sizes: ${sizes.map((size) => `${size} ${nodes(size).toLocaleString('en')}`).join(', ')} permission nodes. Medians of ${plan.rounds} rounds.

## Against the goals

A ratio is that of CPU ms per request, taken within each round. At or below 1 means that Rolecall costs no more.

${ratios(goals)}

![CPU per request against permission nodes](cost.svg)

## CPU ms per request

${costs(plan, results)}

## Peak memory

The most that a process ever had under all loads of a size, in MB.

${peaks(sizes, results)}

## Everything

CPU and latencies in ms, memory (resident, after the load) in MB.

${everything(plan, results)}

## Versions

${versions()}
`;
}

/** The median CPU ms per request of each peer. */
export function costs({ cells }: Plan, results: Results): string {
  return table(
    ['', ...PEERS.map((peer) => TITLES[peer])],
    cells.map(({ cell }) => [
      cellName(cell),
      ...PEERS.map((peer) => {
        const rounds = results.rounds(peer, cell);
        return rounds.length === 0 ? '' : show(of(rounds, 'cpuMs'));
      }),
    ]),
  );
}

function peaks(sizes: readonly Size[], results: Results): string {
  return table(
    ['', ...PEERS.map((peer) => TITLES[peer])],
    sizes.map((size) => [size, ...PEERS.map((peer) => show(results.peakMb(peer, size)))]),
  );
}

function everything({ cells }: Plan, results: Results): string {
  const rows = ({ cell, peers }: Plan['cells'][number]) =>
    peers.map((peer) => {
      const rounds = results.rounds(peer, cell);
      const shown = (['perSecond', 'cpuMs', 'p50', 'p99', 'rssMb'] as const).map((name) =>
        show(of(rounds, name)),
      );
      return [`${cellName(cell)}: ${peer}`, ...shown];
    });
  return table(['', 'requests/s', 'CPU', 'p50', 'p99', 'memory'], cells.flatMap(rows));
}

function of(rounds: readonly Measurement[], name: keyof Measurement): number {
  return median(rounds.map((measurement) => measurement[name]));
}
