import SchemaBuilder, { type EnumRef, type ObjectRef } from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import type { Context } from '../context.ts';
import { scalars } from './scalars.ts';

/** What every provider's user has; `__typename` tells graphql-js which object type it is. */
export interface UserShape {
  readonly __typename: string;
  readonly id: string;
  readonly provider: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
}

interface Types {
  Context: Context;
  Interfaces: { User: UserShape };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: string };
    EmailAddress: { Input: string; Output: string };
    SafeInt: { Input: number; Output: number };
    URL: { Input: string; Output: string };
    UUID: { Input: string; Output: string };
  };
}

type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<Types>;

export type Builder = PothosSchemaTypes.SchemaBuilder<SchemaTypes>;

/** An object type of the schema, with the shape that its resolvers take. */
export type TypeRef<Shape> = ObjectRef<SchemaTypes, Shape>;

/** An enum of the schema whose values are its names. */
export type EnumTypeRef = EnumRef<SchemaTypes, string>;

/** A builder that knows the scalars and defines no type. */
export function createBuilder(): Builder {
  const builder = new SchemaBuilder<Types>({
    // Without the directives plugin, the federation plugin's @key is silently lost.
    plugins: [DirectivesPlugin, FederationPlugin],
    directives: { useGraphQLToolsUnorderedDirectives: true },
  });
  builder.addScalarType('DateTime', scalars.DateTime);
  builder.addScalarType('EmailAddress', scalars.EmailAddress);
  builder.addScalarType('SafeInt', scalars.SafeInt);
  builder.addScalarType('URL', scalars.URL);
  builder.addScalarType('UUID', scalars.UUID);
  return builder;
}
