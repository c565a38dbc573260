import { deepStrictEqual, notDeepStrictEqual } from 'node:assert/strict';
import { credential, type Mode, type QueryName, type Size } from './contract.ts';
import { ask, CALLING, PEERS, type PeerName } from './peers.ts';
import type { Running } from './processes.ts';

/**
 * Sends every query to every peer twice, and compares the responses, ignoring the order of members.
 * The upstream counts per credential, so all peers must respond alike. If its second response differs from the first,
 * this also finds peers that serve the first one again.
 * @throws {Error} if two responses differ that should be equal, or are equal but should differ
 */
export async function checkResponses(
  peers: ReadonlyMap<PeerName, Running>,
  size: Size,
): Promise<void> {
  for (const query of ['Full', 'Light'] as const) {
    for (const mode of ['fresh', 'unchanged'] as const) await compare(peers, size, query, mode);
  }
}

async function compare(
  peers: ReadonlyMap<PeerName, Running>,
  size: Size,
  query: QueryName,
  mode: Mode,
): Promise<void> {
  const expected: unknown[] = [];
  for (const name of mode === 'fresh' ? CALLING : PEERS) {
    const { origin } = peers.get(name) as Running;
    const key = credential(size, mode, `check-${name}-${query}`);
    const responses = [await read(origin, query, key), await read(origin, query, key)];
    const what = `${name}, ${size} ${query}, ${mode}`;
    if (expected.length === 0) expected.push(...responses);
    // The message omits the responses, which may have two megabytes.
    expectThat(
      () => deepStrictEqual(responses, expected),
      `${what}: other data than ${PEERS[0]}'s.`,
    );
    const [first, second] = responses;
    if (mode === 'fresh') {
      expectThat(() => notDeepStrictEqual(second, first), `${what}: the upstream's last response.`);
    }
  }
}

async function read(origin: string, query: QueryName, key: string): Promise<unknown> {
  const response = await ask(origin, query, key);
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
  if (errors !== undefined) throw new Error(`${origin} responded with ${JSON.stringify(errors)}.`);
  return data;
}

function expectThat(assertion: () => void, message: string): void {
  try {
    assertion();
  } catch {
    throw new Error(message);
  }
}
