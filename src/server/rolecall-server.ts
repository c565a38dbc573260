import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';

/** Rolecall as an HTTP handler. */
export interface RolecallServer {
  /** For `node:http`. */
  readonly listener: RequestListener;
  /** The Fetch handler, for use without an HTTP port. @param address the client's, for RATE_LIMIT */
  fetch(request: Request, address?: string): Promise<Response>;
  /** Of the graph, without federation's fields. */
  readonly schema: GraphQLSchema;
  /** Is it ready for requests, as `/ready` says? */
  readonly isReady: boolean;
  /** Closes its connection to Redis, after the last request. */
  close(): void;
}
