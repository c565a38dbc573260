import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, test } from 'node:test';

/** Lints these files, by path, in a separate folder with the project's settings. */
function lint(files: Readonly<Record<string, string>>) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'rolecall-lint-'));
  cpSync('biome.json', join(folder.path, 'biome.json'));
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const { status, stdout, stderr } = spawnSync(resolve('node_modules/.bin/biome'), ['lint'], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('the linter refuses', () => {
  for (const [file, specifier] of [
    ['src/providers/heygen/client.ts', 'ky'],
    ['src/upstream/retry.ts', 'ky'],
    ['src/upstream/attempt.ts', 'ky'],
    ['src/upstream/call.ts', 'undici'],
    ['src/server/index.ts', 'undici'],
  ] as const) {
    test(`${specifier} in ${file}`, () => {
      const { status, output } = lint({
        [file]: `import { x } from '${specifier}';\nconsole.log(x);\n`,
      });
      assert.notEqual(status, 0);
      assert.match(output, /noRestrictedImports/);
    });
  }

  test('a circle of imports, of types too', () => {
    const { status, output } = lint({
      'src/a.ts': "import type { B } from './b.ts';\nexport type A = B | 1;\n",
      'src/b.ts': "import type { A } from './a.ts';\nexport type B = A | 2;\n",
    });
    assert.notEqual(status, 0);
    assert.match(output, /noImportCycles/);
  });
});
