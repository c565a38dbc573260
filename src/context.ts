import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { RolecallError } from './errors.ts';
import type { CallReport } from './upstream/call.ts';

type Path = GraphQLResolveInfo['path'];

/** What one request can do with one provider. */
export type Connection =
  /** `session` belongs to the provider; it lives as long as the request. */
  | { readonly state: 'connected'; readonly session: unknown }
  | { readonly state: 'absent' }
  /** The credentials cannot be used; the provider's field reports why. */
  | { readonly state: 'unusable'; readonly error: RolecallError };

/** The context of one request. */
export interface RequestContext {
  /** By the provider's name in the schema's `Provider` enum. */
  readonly connections: ReadonlyMap<string, Connection>;
  /** Why it is not known which providers have credentials; all of them are then unusable. */
  readonly credentialsError?: RolecallError | undefined;
  /** How the operation went, for the log and the rate limit. */
  readonly trace: Trace;
}

/** What resolvers share while they execute an operation. Nothing in it outlives the request. */
export interface Context extends RequestContext {
  /** Replaced when the operation is executed again, so resolvers must read it before they await anything. */
  execution: Execution;
}

/** The state of one execution of an operation. */
export interface Execution {
  /** Partial errors: failures that left something out of fields without nulling them, with the fields' paths. */
  readonly partialErrors: Map<RolecallError, Set<Path>>;
  /** The results of `selectsMoreThanId`, by a field's nodes. A Map, because WeakMaps slow down garbage collection. */
  readonly moreThanId: Map<readonly FieldNode[], boolean>;
}

export interface Trace {
  /** The names of the providers that the operation called. */
  readonly providers: Set<string>;
  /** Those of them that returned the owner of the credentials. */
  readonly accepted: Set<string>;
  /** The calls that this request made; none if it shared another request's call. */
  readonly upstream: ({ readonly provider: string } & CallReport)[];
  /** Failures because of which stale responses were used. */
  readonly warnings: Set<RolecallError>;
  /** When each value that was fetched for the request was received, in milliseconds since 1970. */
  readonly receivedAt: Map<unknown, number>;
}

/** The session of a provider whose resolvers run, so it must be connected. */
export function sessionOf(context: Context, name: string): unknown {
  const connection = context.connections.get(name);
  if (connection?.state === 'connected') return connection.session;
  throw new Error(`${name} is not connected, yet its resolvers run`);
}

/**
 * The session of a provider that is about to be called; null if it is not connected.
 * @throws {RolecallError} if the credentials cannot be used
 */
export function sessionToAsk(context: Context, name: string): unknown {
  const connection = context.connections.get(name);
  if (connection?.state === 'unusable') throw connection.error;
  if (connection?.state !== 'connected') return null;
  context.trace.providers.add(name);
  return connection.session;
}
