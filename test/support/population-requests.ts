import fc from 'fast-check';
import { type Caller, draw } from './population.ts';
import { type Choice, type Operation, REQUESTS } from './population-operations.ts';

/** One request: several operations are a batch. */
export interface Planned extends Choice {
  readonly caller: Caller;
  readonly operations: readonly Operation[];
  /** When the caller disconnects; null for those who stay. */
  readonly leavesAfterMs: number | null;
}

const request = fc.record({
  operations: fc.constantFrom(...REQUESTS),
  isMore: fc.boolean(),
  index: fc.integer({ min: 1, max: 20 }),
  distance: fc.nat(),
  leavesAfterMs: fc.oneof(
    { weight: 24, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.nat(20) },
  ),
});
/** A caller sends one to three requests at once. */
const turn = fc.record({
  caller: fc.nat(),
  requests: fc.array(request, { minLength: 1, maxLength: 3 }),
});

/** Requests of these callers in turn; they depend on the seed only. */
export function planRequests(callers: readonly Caller[], count: number, seed: number): Planned[] {
  const at = (index: number) => callers[index % callers.length] as Caller;
  return draw(turn, count, seed)
    .flatMap(({ caller, requests }) =>
      requests.map(({ distance, ...each }) => ({
        ...each,
        caller: at(caller),
        other: at(caller + 1 + (distance % (callers.length - 1))),
      })),
    )
    .slice(0, count)
    .map((each, serial) => ({ ...each, serial }));
}

/** The body of a request. */
export function bodyOf({ operations, ...choice }: Planned): unknown {
  const bodies = operations.map(({ query, variables }) => ({
    query: typeof query === 'string' ? query : query(choice),
    variables: variables?.(choice.caller, choice),
  }));
  return bodies.length > 1 ? bodies : bodies[0];
}

/** The items in another order, which depends on the seed only. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const all = fc.shuffledSubarray([...items], { minLength: items.length });
  return draw(all, 1, seed)[0] as T[];
}

/**
 * Calls the function with each item, in order, with up to this many calls at the same time.
 * @throws the first failure, once all calls have ended; no more calls begin after it
 */
export async function interleave<T>(
  items: readonly T[],
  atOnce: number,
  call: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const run = async () => {
    for (const item of rest) {
      if (failures.length > 0) return;
      await call(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  if (failures.length > 0) throw failures[0];
}
