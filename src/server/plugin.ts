import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { Caller } from '../identity/caller.ts';
import type { Counted } from './guards/limiter.ts';

/** Yoga's context of one request, with the connection if there is one. */
export interface ServerContext {
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
  /** The client's, for a request without a connection. */
  readonly address?: string | undefined;
  /** Set before the other guards, if callers must authenticate. */
  authentication?: Authentication;
  /** The person in the request's JWT; unset without one. */
  caller?: Caller;
}

/** The result of checking a request's token. */
export type Authentication =
  /** `caller` is the token, or the person in it. */
  | { readonly state: 'accepted'; readonly caller: Counted }
  | { readonly state: 'refused'; readonly error: GraphQLError };

/** A Yoga plugin with this server's contexts. */
export type ServerPlugin = Plugin<Context, ServerContext>;
