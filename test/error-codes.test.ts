import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERROR_CODES } from '../src/errors.ts';

test('the README’s error table is the table of the code', () => {
  const [, section = ''] = readFileSync('README.md', 'utf8').split('\n## Errors\n');
  const [table = ''] = section.split('\n## ');
  const rows = table.matchAll(/^\| `([A-Z_]+)` \| (\d*) ?\| (.+) \|$/gm);
  const printed = Object.fromEntries(
    Array.from(rows, ([, code, status = '', meaning]) => [
      code,
      status === '' ? { meaning } : { status: Number(status), meaning },
    ]),
  );
  assert.deepEqual(printed, ERROR_CODES);
});

test('every code of the table is sent, by Rolecall or by the libraries that it stands on', () => {
  const sources = globSync('src/**/*.ts')
    .filter((file) => file !== 'src/errors.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const libraries = [
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'OPERATION_RESOLUTION_FAILURE',
  ];
  const unsent = Object.keys(ERROR_CODES).filter((code) => !sources.includes(`'${code}'`));
  assert.deepEqual(unsent, libraries);
});
