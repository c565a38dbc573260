import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';

/** What Yoga knows of the connection when it serves one. */
export interface ServerContext {
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
}

/** A Yoga plugin of this server's. */
export type ServerPlugin = Plugin<Context, ServerContext>;
