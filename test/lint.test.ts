import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

/** Data flows one way; each of these imports would turn it around. */
const FORBIDDEN = [
  ['src/providers/datadog/client.ts', '../heygen/client.ts'],
  ['src/providers/datadog/schema/user.ts', '../../heygen/model.ts'],
  ['src/providers/datadog/client.ts', '../../config.ts'],
  ['src/providers/datadog/schema/user.ts', '../../../context.ts'],
  ['src/providers/datadog/json-api.ts', 'graphql'],
  ['src/providers/datadog/json-api.ts', '../../upstream/call.ts'],
  ['src/providers/heygen/client.ts', 'ky'],
  ['src/providers/heygen/client.ts', '../../server/index.ts'],
  ['src/upstream/retry.ts', 'ky'],
  ['src/upstream/call.ts', '../providers/index.ts'],
  ['src/upstream/call.ts', '../schema/builder.ts'],
  ['src/schema/viewer.ts', '../server/index.ts'],
  ['src/schema/viewer.ts', '../providers/datadog/index.ts'],
  ['src/server/index.ts', '../providers/heygen/index.ts'],
  ['src/server/index.ts', '../main.ts'],
] as const;

test('the linter refuses imports against the flow of data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-lint-'));
  cpSync('biome.json', join(folder, 'biome.json'));
  for (const [file, specifier] of FORBIDDEN) {
    const copy = join(folder, file);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, `import { x } from '${specifier}';\nconsole.log(x);\n`);
    const { status, stdout, stderr } = spawnSync(
      resolve('node_modules/.bin/biome'),
      ['lint', file],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    assert.notEqual(status, 0, `${file} may import ${specifier}`);
    assert.match(stdout + stderr, /noRestrictedImports/);
  }
});
