import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as apollo from '@apollo/composition';
import * as guild from '@theguild/federation-composition';
import { parse } from 'graphql';
import { DIRECTORY_SDL, DIRECTORY_WITH_USER_SDL } from '../directory.ts';
import { withoutUser } from '../without-user.ts';

export const ROLECALL_SDL = readFileSync(
  join(import.meta.dirname, '../../../schema/subgraph.graphql'),
  'utf8',
);

export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

export interface Composition {
  readonly supergraph: string | undefined;
  readonly errors: readonly string[];
  readonly hints: readonly string[];
}

export type Compose = (subgraphs: readonly Subgraph[]) => Composition;

const texts = (messages: readonly { toString(): string }[] | undefined) =>
  (messages ?? []).map(String);

/** Hints do not prevent a composition. */
export const composeByApollo: Compose = (subgraphs) => {
  const { supergraphSdl, errors, hints } = apollo.composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  return { supergraph: supergraphSdl, errors: texts(errors), hints: texts(hints) };
};

/** This composition has no hints. */
export const composeByGuild: Compose = (subgraphs) => {
  const result = guild.composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  return { supergraph: result.supergraphSdl, errors: texts(result.errors), hints: [] };
};

export interface Urls {
  readonly rolecall: string;
  readonly directory: string;
}

/** Rolecall and the directory. */
export function bothSubgraphs({ rolecall, directory }: Urls): Subgraph[] {
  return [
    { name: 'rolecall', url: rolecall, sdl: ROLECALL_SDL },
    { name: 'directory', url: directory, sdl: DIRECTORY_SDL },
  ];
}

/** The same, but the directory has a type `User`, so Rolecall's is left out. */
export function bothSubgraphsWithOneUser({ rolecall, directory }: Urls): Subgraph[] {
  return [
    { name: 'rolecall', url: rolecall, sdl: withoutUser(ROLECALL_SDL) },
    { name: 'directory', url: directory, sdl: DIRECTORY_WITH_USER_SDL },
  ];
}
