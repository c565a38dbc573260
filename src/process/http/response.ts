import { type IncomingMessage, ServerResponse } from 'node:http';

/** The rest of a shorter body is read, so that the connection can stay open. */
const SHORT_BODY_BYTES = 65_536;

/**
 * The server's class of responses. If a request is refused before its body has arrived (too large, not authenticated),
 * the response closes the connection rather than reading a long body for nothing.
 * @param watch called with each response that may have unsent bytes
 */
export function createResponseClass(
  watch: (response: ServerResponse) => void,
): typeof ServerResponse {
  return class Response<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    override writeHead(...args: unknown[]): this {
      if (!this.headersSent && hasMoreToCome(this.req)) this.setHeader('connection', 'close');
      return super.writeHead(...(args as [number]));
    }

    override write(...args: unknown[]): boolean {
      const isTaken = super.write(...(args as [string]));
      watch(this);
      return isTaken;
    }

    override end(...args: unknown[]): this {
      super.end(...(args as [string]));
      watch(this);
      return this;
    }
  };
}

function hasMoreToCome({ complete, headers }: IncomingMessage): boolean {
  const isLong =
    'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > SHORT_BODY_BYTES;
  return isLong && !complete;
}
