import type { QueryClient } from '@tanstack/react-query';
import type { RolecallClient } from '../client.ts';

const numbersOf = new WeakMap<QueryClient, WeakMap<RolecallClient, number>>();
const counts = new WeakMap<QueryClient, number>();

/**
 * What the keys of a client's queries begin with. Each client has its own, so that nobody sees what was asked for
 * someone else. The first one of a query client always has the same, so that a page finds what the server prefetched.
 */
export function keyOf(
  queryClient: QueryClient,
  client: RolecallClient,
): readonly ['rolecall', number] {
  const numbers = numbersOf.get(queryClient) ?? new WeakMap<RolecallClient, number>();
  numbersOf.set(queryClient, numbers);
  let number = numbers.get(client);
  if (number === undefined) {
    number = counts.get(queryClient) ?? 0;
    counts.set(queryClient, number + 1);
    numbers.set(client, number);
  }
  return ['rolecall', number];
}
