import SchemaBuilder, {
  type EnumRef,
  ImplementableInterfaceRef,
  ImplementableObjectRef,
  type InterfaceRef,
  type ObjectRef,
} from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import type { Context } from '../context.ts';
import type { Exposed, Lenient } from './lenient.ts';
import { scalars } from './scalars.ts';

/** The members of every provider's user; `__typename` is its object type. */
export interface UserShape {
  readonly __typename: string;
  readonly id: string;
  readonly provider: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: Lenient<string>;
}

export interface Types {
  Context: Context;
  Interfaces: { User: Exposed<UserShape> };
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

/** An object type of the schema, with the shape that resolvers return for it. */
export type TypeRef<Shape> = ObjectRef<SchemaTypes, Shape, Exposed<Shape>>;

export type InterfaceTypeRef<Shape> = InterfaceRef<SchemaTypes, Shape, Exposed<Shape>>;

/** An enum of the schema whose values equal their names. */
export type EnumTypeRef = EnumRef<SchemaTypes, string>;

/** A builder with the scalars, and without other types. */
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

/** Declares an object type whose shape may contain invalid values (`Lenient`); `implement` defines it. */
export function objectRef<Shape>(builder: Builder, name: string) {
  return new ImplementableObjectRef<SchemaTypes, Shape, Exposed<Shape>>(builder, name);
}

/** As `objectRef`, for an interface. */
export function interfaceRef<Shape>(builder: Builder, name: string) {
  return new ImplementableInterfaceRef<SchemaTypes, Shape, Exposed<Shape>>(builder, name);
}
