import { Response } from '@whatwg-node/fetch';
import type { ExecutionResult } from 'graphql';
import { freeBuffer } from '../../lib/free-buffer.ts';
import type { ServerPlugin } from '../plugin.ts';
import { serializeResult } from './serialize-result.ts';

/** Marks the results of `writtenAsBytes`, and the copies that other plugins make of them. */
const WRITTEN_AS_BYTES = Symbol('written as bytes');

interface WrittenAsBytes extends ExecutionResult {
  readonly stringify: (result: object) => Buffer<ArrayBuffer>;
  readonly [WRITTEN_AS_BYTES]: true;
}

/** Marks a result with serialized lists, to be written by `serializeResult`. JSON.stringify is faster for other results. */
export function writtenAsBytes(result: ExecutionResult): WrittenAsBytes {
  return { ...result, stringify: serializeResult, [WRITTEN_AS_BYTES]: true };
}

/** Frees the memory of a response once it has been sent. */
export const freeSentBytes: ServerPlugin = {
  onResultProcess({ result, setResult, serverContext: { res } }) {
    // Yoga joins the responses of a batch into one string.
    if (res === undefined || !isWrittenAsBytes(result)) return;
    const stringify = (written: object) => {
      const bytes = result.stringify(written);
      // Until then, Node reads from this memory. If the connection breaks, the garbage collector frees it.
      res.once('finish', () => freeBuffer(bytes));
      return bytes;
    };
    setResult({ ...result, stringify } as typeof result);
  },
};

function isWrittenAsBytes(result: object): result is WrittenAsBytes {
  return WRITTEN_AS_BYTES in result;
}

/** A Response that converts its text to bytes at once: Node sends bytes much faster than a long string. */
export class BufferedResponse extends Response {
  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(typeof body === 'string' ? Buffer.from(body) : body, init);
  }
}
