import type { CodegenConfig } from '@graphql-codegen/cli';

const options = {
  useTypeImports: true,
  enumsAsTypes: true,
  immutableTypes: true,
  scalars: {
    DateTime: 'string',
    EmailAddress: 'string',
    SafeInt: 'number',
    URL: 'string',
    UUID: 'string',
  },
};

/** `SCHEMA=http://127.0.0.1:4000/graphql npm run codegen` reads it from a running server instead. */
const config: CodegenConfig = {
  schema: process.env['SCHEMA'] ?? 'schema/schema.graphql',
  generates: {
    'test/generated/operations.ts': {
      documents: ['schema/operations/*.graphql', 'test/operations/*.graphql'],
      plugins: ['typescript-operations', 'typed-document-node'],
      config: options,
    },
    'example/src/data/roles-query.ts': {
      documents: 'example/src/data/*.graphql',
      plugins: ['typescript-operations'],
      config: options,
    },
  },
};

export default config;
