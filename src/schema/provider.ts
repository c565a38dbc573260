import type { Context } from '../context.ts';
import type { Builder, TypeRef, UserShape } from './builder.ts';

/**
 * What the schema needs to know of a provider.
 * It is written in methods so that a list can hold providers of any session.
 */
export interface SchemaProvider<Session = unknown, User extends UserShape = UserShape> {
  /** Its value in the schema's `Provider` enum, in capitals. */
  readonly name: string;
  /** Its name as people write it. */
  readonly title: string;
  /** Its field of `Viewer`, and that field's description. */
  readonly field: string;
  readonly description: string;

  /** @throws {RolecallError} where the vendor does not give it */
  viewer(session: Session): Promise<User>;

  /** Defines its types; those that other subgraphs may extend are entities. */
  defineTypes(builder: Builder, sessions: Sessions<Session>): TypeRef<User>;
}

/** Gives resolvers the session of the request that they run in. */
export interface Sessions<Session> {
  /** For what is below the provider's user. */
  of(context: Context): Session;
  /**
   * For what comes from elsewhere; null where the provider is not connected.
   * @throws {RolecallError} where credentials came that cannot be used
   */
  toAsk(context: Context): Session | null;
}
