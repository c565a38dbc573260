import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ofAll } from '../support/providers.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
const CONFIGURATIONS = ['gateway.config.ts', 'apollo-gateway.ts', 'router.yaml'];
const SHOWN = ['gateway.config.ts', 'router.yaml'];

for (const file of CONFIGURATIONS) {
  test(`${file} names every header that carries credentials`, () => {
    const names = [
      'Authorization',
      ...Object.keys({ ...ofAll('keyHeaders'), ...ofAll('otherHeaders') }),
    ];
    for (const name of names) assert.ok(read(file).includes(name.toLowerCase()), name);
  });
}

for (const file of SHOWN) {
  test(`${file} is the one that docs/federation.md shows`, () => {
    assert.ok(read('../../docs/federation.md').includes(`\n${read(file)}\`\`\``));
  });
}
