import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import { fixtures } from '../support/providers.ts';
import { DIRECTORY_SDL, DIRECTORY_WITH_USER_SDL } from './directory.ts';
import {
  bothSubgraphs,
  bothSubgraphsWithOneUser,
  type Composition,
  composeByApollo,
  composeByGuild,
} from './support/compose.ts';

const URLS = {
  rolecall: 'http://rolecall.example/subgraph',
  directory: 'http://directory.example/graphql',
};
const FIELDS = fixtures.map(({ provider }) => provider.field);
const COMPOSERS = {
  '@apollo/composition': composeByApollo,
  '@theguild/federation-composition': composeByGuild,
};

const OTHER_USERS = {
  'an object': DIRECTORY_WITH_USER_SDL,
  'another interface': `${DIRECTORY_SDL}
    interface User { id: ID! }
    type Employee implements User { id: ID! }
    extend type Query { employee: Employee }`,
};

const typeOf = (supergraph: string | undefined, name: string) =>
  buildSchema(supergraph ?? '', { assumeValidSDL: true }).getType(name);

/** Why it does not compose. Apollo's composition throws some of the errors. */
function refusal(compose: () => Composition): string {
  try {
    return compose().errors.join('\n');
  } catch (error) {
    return String(error);
  }
}

for (const [name, compose] of Object.entries(COMPOSERS)) {
  describe(name, () => {
    test('composes Rolecall with a subgraph that extends its entities', () => {
      const { supergraph, errors, hints } = compose(bothSubgraphs(URLS));
      assert.deepEqual({ errors, hints }, { errors: [], hints: [] });
      assert.ok(isInterfaceType(typeOf(supergraph, 'User')));
      const user = typeOf(supergraph, 'DatadogUser');
      assert.ok(isObjectType(user) && user.getFields()['team'] && user.getFields()['displayName']);
    });

    test('composes Rolecall alone', () => {
      const { errors, hints } = compose(bothSubgraphs(URLS).slice(0, 1));
      assert.deepEqual({ errors, hints }, { errors: [], hints: [] });
    });

    for (const [what, sdl] of Object.entries(OTHER_USERS)) {
      test(`refuses ${what} named User beside Rolecall’s`, () => {
        const [rolecall, directory] = bothSubgraphs(URLS);
        assert.ok(rolecall && directory);
        assert.match(
          refusal(() => compose([rolecall, { ...directory, sdl }])),
          /User/,
        );
      });
    }

    test('composes an object named User with what is left of Rolecall without its own', () => {
      const { supergraph, errors, hints } = compose(bothSubgraphsWithOneUser(URLS));
      assert.deepEqual({ errors, hints }, { errors: [], hints: [] });
      assert.ok(isObjectType(typeOf(supergraph, 'User')));
      const viewer = typeOf(supergraph, 'Viewer');
      assert.ok(isObjectType(viewer));
      assert.deepEqual(Object.keys(viewer.getFields()).sort(), [...FIELDS, 'providers'].sort());
    });
  });
}
