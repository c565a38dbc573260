import { readFileSync } from 'node:fs';
import { type FieldDefinitionNode, Kind, parse, print, type TypeNode, visit } from 'graphql';

const NAME = 'User';

/**
 * A subgraph's SDL without its interface `User`, for a supergraph that has another type of that name.
 * A gateway queries only what is in the supergraph, so the subgraph itself needs no change.
 */
export function withoutUser(sdl: string): string {
  const document = visit(parse(sdl), {
    InterfaceTypeDefinition: ({ name }) => (name.value === NAME ? null : undefined),
    FieldDefinition: ({ type }: FieldDefinitionNode) => (nameOf(type) === NAME ? null : undefined),
    ObjectTypeDefinition: (node) => ({
      ...node,
      interfaces: (node.interfaces ?? []).filter(({ name }) => name.value !== NAME),
    }),
  });
  return `${print(document)}\n`;
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

// node test/federation/without-user.ts < schema/subgraph.graphql > rolecall.graphql
if (import.meta.main) process.stdout.write(withoutUser(readFileSync(0, 'utf8')));
