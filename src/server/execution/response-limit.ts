import type { ServerPlugin } from '../plugin.ts';
import { jsonSize } from './json-size.ts';
import { tooLarge, WrittenBytes } from './written-bytes.ts';

/** Refuses responses that are too long before they are written; the operations of a batch share the limit. */
export function createResponseLimit(limit: number): ServerPlugin {
  const left = new WeakMap<Request, number>();

  return {
    onExecute({ args: { contextValue } }) {
      contextValue.kept.set(WrittenBytes, new WrittenBytes(limit));
    },
    onExecutionResult({ request, result, setResult }) {
      const before = left.get(request) ?? limit;
      // And the comma, or bracket, that parts it from others in a batch.
      const after = before - jsonSize(result, before) - 1;
      if (after < 0) setResult({ errors: [tooLarge(limit)] });
      else left.set(request, after);
    },
  };
}
