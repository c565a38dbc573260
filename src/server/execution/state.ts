import type { Context, Execution } from '../../context.ts';
import { ListSerializer } from './list-serializer.ts';

/**
 * All that is noted while an operation is executed once; an operation that is executed again gets another one.
 * Its Maps become garbage with the request, which the collector frees at less cost than the entries of WeakMaps.
 */
export class ExecutionState implements Execution {
  readonly partialErrors: Execution['partialErrors'] = new Map();
  readonly moreThanId: Execution['moreThanId'] = new Map();
  readonly lists: ListSerializer;

  /** @param maxBytes of the response */
  constructor(maxBytes: number) {
    this.lists = new ListSerializer(maxBytes);
  }

  /** The state of the execution that goes on in this context. */
  static of({ execution }: Context): ExecutionState {
    if (execution instanceof ExecutionState) return execution;
    throw new Error('the context has no state of an execution');
  }

  /** A state with the same limit in which nothing is noted. */
  fresh(): ExecutionState {
    return new ExecutionState(this.lists.maxBytes);
  }
}
