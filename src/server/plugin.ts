import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { Caller } from '../identity/caller.ts';

/** What Yoga knows of a request: the connection, where it serves one. It is made anew for each. */
export interface ServerContext {
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
  /** Set before the guards where callers authenticate. */
  authentication?: Authentication;
  /** The person who calls, for the guards and the context of the operation; unset where there is no JWT. */
  caller?: Caller;
}

/** What came of the token of a request. */
export type Authentication =
  /** `name` distinguishes this caller from others, and gives away neither the token nor the person. */
  | { readonly state: 'accepted'; readonly name: string }
  | { readonly state: 'refused'; readonly error: GraphQLError };

/** A Yoga plugin of this server's. */
export type ServerPlugin = Plugin<Context, ServerContext>;
