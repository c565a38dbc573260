import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/**
 * Refuses bodies that are too large. Node enforces the Content-Length, so only bodies without one are counted while they
 * arrive. Yoga's own limit would pass every body through another stream.
 */
export function createBodyLimit(limit: number): ServerPlugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      const length = request.headers.get('content-length');
      if (length !== null) {
        if (Number(length) > limit) throw tooLarge(limit);
        return;
      }
      if (requestParser === undefined || request.body === null) return;
      setRequestParser((original) => {
        let received = 0;
        // Node's streams and Yoga's, which a request over HTTP has, do not fit together.
        const { TransformStream } = original.body instanceof ReadableStream ? globalThis : fetchAPI;
        const counted = original.body?.pipeThrough(
          new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, controller) {
              received += chunk.byteLength;
              if (received > limit) controller.error(tooLarge(limit));
              else controller.enqueue(chunk);
            },
          }),
        );
        const { url, method, headers } = original;
        const init = { method, headers, body: counted ?? null };
        return requestParser(new fetchAPI.Request(url, init));
      });
    },
  };
}

function tooLarge(limit: number) {
  return requestError(
    'BODY_TOO_LARGE',
    `The request body is larger than ${limit} bytes. Ask for less, or split it into several requests.`,
  );
}
