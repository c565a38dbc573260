import type { Context } from '../context.ts';
import type { Builder, TypeRef, UserShape } from './builder.ts';

/**
 * What the schema needs from a provider.
 * It uses methods so that a list can hold providers with different session types.
 */
export interface SchemaProvider<Session = unknown, User extends UserShape = UserShape> {
  /** Its value in the schema's `Provider` enum, in capitals. */
  readonly name: string;
  /** Its name as people write it. */
  readonly title: string;
  /** Its field of `Viewer`, and that field's description. */
  readonly field: string;
  readonly description: string;

  /** The current user. @throws {RolecallError} if the vendor does not return it */
  viewer(session: Session): Promise<User>;
  /** What `Upstream.fetch` returned, and this user was read from; undefined if no response holds the user. */
  sourceOf(session: Session, user: User): unknown;

  /** Defines its types, and makes entities of those that other subgraphs may extend. @returns the type of its user */
  defineTypes(builder: Builder, sessions: Sessions<Session>): TypeRef<User>;
}

/** Gives resolvers the session of their request. */
export interface Sessions<Session> {
  /** For fields below the provider's user. */
  of(context: Context): Session;
  /**
   * For other entry points, such as entities; null if the provider is not connected.
   * @throws {RolecallError} if the credentials cannot be used
   */
  toAsk(context: Context): Session | null;
}
