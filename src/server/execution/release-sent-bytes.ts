import { release } from '../../lib/release-buffer.ts';
import type { ServerPlugin } from '../plugin.ts';
import { toBytes } from './response-bytes.ts';

/** Gives back the memory of an answer once it has been sent. */
export const releaseSentBytes: ServerPlugin = {
  onResultProcess({ result, setResult, serverContext: { res } }) {
    // Of a batch, each answer is copied into one text.
    if (res === undefined || !isWrittenAsBytes(result)) return;
    const stringify = (answer: object) => {
      const bytes = toBytes(answer);
      // Until then Node writes from this memory; where the connection breaks off, that event never comes.
      res.once('finish', () => release(bytes));
      return bytes;
    };
    setResult(Object.assign({}, result, { stringify }));
  },
};

function isWrittenAsBytes(result: object): boolean {
  return 'stringify' in result && result.stringify === toBytes;
}
