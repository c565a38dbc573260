import type { Context, Execution } from '../../context.ts';
import { ListSerializer } from './list-serializer.ts';

/**
 * The state of one execution; an operation that is executed again gets a new one.
 * It uses Maps, which become garbage with the request: the garbage collector frees them faster than WeakMap entries.
 */
export class ExecutionState implements Execution {
  readonly partialErrors: Execution['partialErrors'] = new Map();
  readonly moreThanId: Execution['moreThanId'] = new Map();
  readonly lists: ListSerializer;

  /** @param maxBytes the longest response */
  constructor(maxBytes: number) {
    this.lists = new ListSerializer(maxBytes);
  }

  /** The state of this context's current execution. */
  static of({ execution }: Context): ExecutionState {
    if (execution instanceof ExecutionState) return execution;
    throw new Error('the context has no state of an execution');
  }

  /** An empty state with the same limit. */
  fresh(): ExecutionState {
    return new ExecutionState(this.lists.maxBytes);
  }
}
