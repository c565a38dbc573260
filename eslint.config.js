import graphqlPlugin from '@graphql-eslint/eslint-plugin';

// Only the schema and the operations: Biome checks everything else, the formatting of these included.
export default [
  { ignores: ['**/*.js', '**/*.ts', '**/*.mjs'] },
  {
    files: ['schema/schema.graphql'],
    languageOptions: {
      parser: graphqlPlugin.parser,
      parserOptions: { graphQLConfig: { schema: 'schema/schema.graphql' } },
    },
    plugins: { '@graphql-eslint': graphqlPlugin },
    rules: {
      ...graphqlPlugin.configs['flat/schema-recommended'].rules,
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
        },
      ],
      // None of them is a thing of its own.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        { exceptions: { types: ['Viewer', 'PermissionGrant', 'PermissionCheck'] } },
      ],
      // `username` is what every vendor calls it.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
  {
    files: ['schema/operations/*.graphql', 'test/operations/*.graphql'],
    languageOptions: {
      parser: graphqlPlugin.parser,
      parserOptions: {
        graphQLConfig: {
          schema: 'schema/schema.graphql',
          documents: ['schema/operations/*.graphql', 'test/operations/*.graphql'],
        },
      },
    },
    plugins: { '@graphql-eslint': graphqlPlugin },
    rules: {
      ...graphqlPlugin.configs['flat/operations-recommended'].rules,
      // An identity card may well leave ids out.
      '@graphql-eslint/require-selections': 'off',
    },
  },
];
