import type { CodegenConfig } from '@graphql-codegen/cli';

/** `SCHEMA=http://127.0.0.1:4000/graphql npm run codegen` reads it from a running server instead. */
const config: CodegenConfig = {
  schema: process.env['SCHEMA'] ?? 'schema/schema.graphql',
  documents: ['schema/operations/*.graphql', 'test/operations/*.graphql'],
  generates: {
    'test/generated/operations.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
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
      },
    },
  },
};

export default config;
