import type { CodegenConfig } from '@graphql-codegen/cli';
import { codegenOptions } from './scripts/codegen-options.ts';

const config = { ...codegenOptions, useTypeImports: true };

/** `SCHEMA=http://127.0.0.1:4000/graphql npm run codegen` reads it from a running server instead. */
export default {
  schema: process.env['SCHEMA'] ?? 'schema/schema.graphql',
  generates: {
    'test/generated/operations.ts': {
      documents: ['schema/operations/*.graphql', 'test/operations/*.graphql'],
      plugins: ['typescript-operations', 'typed-document-node'],
      config,
    },
    'example/src/data/roles-query.ts': {
      documents: 'example/src/data/*.graphql',
      plugins: ['typescript-operations'],
      config,
    },
  },
} satisfies CodegenConfig;
