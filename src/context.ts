import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { RolecallError } from './errors.ts';
import type { CallReport } from './upstream/call.ts';

type Path = GraphQLResolveInfo['path'];

/** What one request can do with one provider. */
export type Connection =
  /** `session` is the provider's own; it lives as long as the request. */
  | { readonly state: 'connected'; readonly session: unknown }
  | { readonly state: 'absent' }
  /** Credentials came that cannot be used: the provider's field reports why. */
  | { readonly state: 'unusable'; readonly error: RolecallError };

/** What lasts as long as a request. */
export interface RequestContext {
  /** By the provider's name in the schema's `Provider` enum. */
  readonly connections: ReadonlyMap<string, Connection>;
  /** How the operation went: for the log, and for what is remembered of its caller. */
  readonly trace: Trace;
}

/** What resolvers share while they execute an operation. Nothing in it outlives the request. */
export interface Context extends RequestContext {
  /** Replaced whole when the operation is executed again. Resolvers read it before they wait for anything. */
  execution: Execution;
}

/** What resolvers note while they execute an operation once. */
export interface Execution {
  /** Failures that left something out of fields without nulling them, with the paths of those fields. */
  readonly partialErrors: Map<RolecallError, Set<Path>>;
  /** What `selectsMoreThanId` found, by the nodes of a field. In a WeakMap it would cost the garbage collector more. */
  readonly moreThanId: Map<readonly FieldNode[], boolean>;
}

export interface Trace {
  /** The names of the providers that the operation asked. */
  readonly providers: Set<string>;
  /** Of these, the ones that gave the user whose credentials they were asked with. */
  readonly accepted: Set<string>;
  /** The calls that this request made; it has none of its own where it shared another one's. */
  readonly upstream: ({ readonly provider: string } & CallReport)[];
}

/** The session of the provider of this name whose resolvers run, so that there is one. */
export function sessionOf(context: Context, name: string): unknown {
  const connection = context.connections.get(name);
  if (connection?.state === 'connected') return connection.session;
  throw new Error(`${name} is not connected, yet its resolvers run`);
}

/**
 * The session of the provider of this name, which is about to be asked; null where it is not connected.
 * @throws {RolecallError} where credentials came that cannot be used
 */
export function sessionToAsk(context: Context, name: string): unknown {
  const connection = context.connections.get(name);
  if (connection?.state === 'unusable') throw connection.error;
  if (connection?.state !== 'connected') return null;
  context.trace.providers.add(name);
  return connection.session;
}
