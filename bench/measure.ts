import { checkResponses } from './check.ts';
import { SIZES, type Size } from './contract.ts';
import { Load } from './load/index.ts';
import type { Measurement } from './load/job.ts';
import { memoryMb } from './load/procfs.ts';
import { type Cell, cellName, PEERS, type PeerName, type Servers, startPeer } from './peers.ts';
import type { Plan } from './plan.ts';
import type { Running } from './processes.ts';

export interface Results {
  /** The measurements of a peer at a cell, one for each round; empty if the plan leaves it out. */
  rounds(peer: PeerName, cell: Cell): readonly Measurement[];
  /** The peak memory of a peer's process under all loads of one size, in MB. */
  peakMb(peer: PeerName, size: Size): number;
  /** From starting Rolecall's process to its first response. */
  readonly startUpMs: readonly number[];
}

type Peers = ReadonlyMap<PeerName, Running>;

export async function measure(plan: Plan, servers: Servers): Promise<Results> {
  const measurements = new Map<string, Measurement[]>();
  const peaks = new Map<string, number>();
  const load = new Load();
  const startUpMs = await measureStartUp(plan.startUps, servers);

  for (const size of Object.keys(SIZES) as Size[]) {
    // Restarted for each size, so that garbage and memory belong to that size.
    const peers = await startPeers(servers);
    console.error(`${size}: comparing the peers’ responses …`);
    await checkResponses(peers, size);
    const cells = plan.cells.filter(({ cell }) => cell.size === size);
    await measureRounds({ ...plan, cells }, load, peers, measurements);
    for (const [name, { pid }] of peers) peaks.set(`${name} ${size}`, memoryMb(pid, 'VmHWM'));
    await Promise.all([...peers.values()].map((peer) => peer.stop()));
  }

  load.stop();
  return {
    rounds: (peer, cell) => measurements.get(`${peer} ${cellName(cell)}`) ?? [],
    peakMb: (peer, size) => peaks.get(`${peer} ${size}`) ?? Number.NaN,
    startUpMs,
  };
}

async function startPeers(servers: Servers): Promise<Peers> {
  return new Map(
    await Promise.all(PEERS.map(async (name) => [name, await startPeer(name, servers)] as const)),
  );
}

async function measureRounds(
  { cells, rounds, effort, warmUp }: Plan,
  load: Load,
  running: Peers,
  measurements: Map<string, Measurement[]>,
): Promise<void> {
  for (let round = 0; round <= rounds; round += 1) {
    const efforts = round === 0 ? warmUp : effort;
    console.error(round === 0 ? '  warming up …' : `  round ${round} of ${rounds} …`);
    for (const { cell, peers } of cells) {
      // Each round starts with another peer, so that the machine's drift favours none.
      const first = round % peers.length;
      for (const name of [...peers.slice(first), ...peers.slice(0, first)]) {
        const peer = running.get(name) as Running;
        const measured = await load.run(name, peer, cell, efforts[cell.size]);
        if (round === 0) continue;
        const key = `${name} ${cellName(cell)}`;
        measurements.set(key, [...(measurements.get(key) ?? []), measured]);
      }
    }
  }
}

async function measureStartUp(runs: number, servers: Servers): Promise<number[]> {
  console.error('Start-up …');
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    const peer = await startPeer('rolecall', servers);
    times.push(performance.now() - began);
    await peer.stop();
  }
  return times;
}
