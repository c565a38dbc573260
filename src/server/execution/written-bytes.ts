import type { GraphQLError } from 'graphql';
import type { Context } from '../../context.ts';
import { requestError } from '../errors/request-error.ts';

/** Counts what is written while an operation is executed, each piece of which stands in the response at least once. */
export class WrittenBytes {
  readonly #limit: number;
  #written = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  static of({ kept }: Context): WrittenBytes | undefined {
    return kept.get(WrittenBytes) as WrittenBytes | undefined;
  }

  /** @throws {GraphQLError} past the limit */
  add(bytes: number): void {
    this.#written += bytes;
    if (this.refusal) throw this.refusal;
  }

  /** Why the operation is refused, where it is. */
  get refusal(): GraphQLError | undefined {
    return this.#written > this.#limit ? tooLarge(this.#limit) : undefined;
  }
}

/** Refuses an operation whose response is larger than this. */
export function tooLarge(limit: number): GraphQLError {
  return requestError(
    'RESPONSE_TOO_LARGE',
    `The response would be larger than ${limit} bytes. Ask for less, with filters or in several requests.`,
  );
}
