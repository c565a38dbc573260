import { type IncomingMessage, ServerResponse } from 'node:http';

/** Of a short body the rest is read, so that the connection can be kept. */
const SHORT_BODY_BYTES = 65_536;

/**
 * The responses of a server. One that is complete before its request is (a body that is too large, a caller who is
 * not let in) closes the connection, rather than read a long body that nobody wants.
 * @param watch is called with each response of which bytes may be unsent
 */
export function createResponseClass(watch: (response: ServerResponse) => void) {
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
