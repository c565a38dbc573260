/**
 * Prints the types of the operations, and their texts. `--check` fails if the file is not what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import {
  type DefinitionNode,
  Kind,
  parse,
  print,
  separateOperations,
  stripIgnoredCharacters,
} from 'graphql';
import { codegenOptions } from '../../scripts/codegen-options.ts';

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, 'src/operations.ts');

const document = parse(readFileSync(join(ROOT, 'src/operations.graphql'), 'utf8'));
const types = await codegen({
  filename: TARGET,
  schema: parse(readFileSync(join(ROOT, '../schema/schema.graphql'), 'utf8')),
  documents: [{ location: 'operations.graphql', document }],
  config: codegenOptions,
  plugins: [{ typescriptOperations: {} }],
  pluginMap: { typescriptOperations },
});

const texts = document.definitions.flatMap((definition: DefinitionNode) => {
  if (definition.kind !== Kind.OPERATION_DEFINITION || !definition.name) return [];
  const { value: name } = definition.name;
  const text = stripIgnoredCharacters(print(separateOperations(document)[name] ?? document));
  return [
    `/** The operation \`${name}\`. */`,
    `export const ${name}Document = ${JSON.stringify(text)} as Operation<${name}Query, ${name}QueryVariables>;`,
  ];
});

const content = [
  '// Written by `npm run codegen` from operations.graphql and the schema.',
  "import type { Operation } from './operation.ts';",
  '',
  types.trim(),
  '',
  ...texts,
  '',
].join('\n');

if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== content) {
    console.error('src/operations.ts is out of date: npm run codegen');
    process.exitCode = 1;
  }
} else {
  writeFileSync(TARGET, content);
}
