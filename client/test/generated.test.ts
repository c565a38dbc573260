import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

test('src/operations.ts is what codegen writes from the schema and the operations', () => {
  execFileSync(process.execPath, ['scripts/codegen.ts', '--check'], {
    cwd: join(import.meta.dirname, '..'),
  });
});
