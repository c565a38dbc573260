import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { objection, readImports, readRooms } from './support/rooms.ts';

const MAX_LINES = 200;
const MAX_FILES = 8;

/** Each of these imports would reverse the data flow. */
const FORBIDDEN = [
  ['src/providers/datadog/client.ts', 'src/providers/heygen/client.ts'],
  ['src/providers/datadog/schema/user.ts', 'src/providers/heygen/model.ts'],
  ['src/providers/datadog/client.ts', 'src/config/index.ts'],
  ['src/providers/datadog/client.ts', 'src/providers/index.ts'],
  ['src/providers/heygen/client.ts', 'src/server/index.ts'],
  ['src/providers/connect.ts', 'src/providers/heygen/index.ts'],
  ['src/upstream/call.ts', 'src/providers/index.ts'],
  ['src/upstream/call.ts', 'src/schema/builder.ts'],
  ['src/context.ts', 'src/providers/provider.ts'],
  ['src/schema/viewer.ts', 'src/server/index.ts'],
  ['src/schema/viewer.ts', 'src/providers/provider.ts'],
  ['src/server/index.ts', 'src/providers/heygen/index.ts'],
  ['src/server/index.ts', 'src/config/index.ts'],
  ['src/server/index.ts', 'src/main.ts'],
  ['src/server/index.ts', 'src/server/execution/compiled.ts'],
  ['src/config/index.ts', 'src/process/logger.ts'],
  ['src/lib/json.ts', 'src/errors.ts'],
] as const;

describe('the rooms of docs/architecture.md', () => {
  const rooms = readRooms();

  test('every import of src/ follows the table', () => {
    const imports = readImports();
    assert.ok(imports.length > 200, `only ${imports.length} imports were found`);
    assert.deepEqual(
      imports.flatMap(([from, to]) => objection(rooms, from, to) ?? []),
      [],
    );
  });

  for (const [from, to] of FORBIDDEN) {
    test(`${from} must not import ${to}`, () => {
      assert.notEqual(objection(rooms, from, to), undefined);
    });
  }

  test('a vendor’s folder is not imported by the providers’ own files but for the list', () => {
    assert.equal(
      objection(rooms, 'src/providers/index.ts', 'src/providers/heygen/index.ts'),
      undefined,
    );
  });
});

test('no file of src/ is longer than 200 lines', () => {
  const long = globSync('src/**/*.{ts,mjs}').filter(
    (file) => readFileSync(file, 'utf8').trimEnd().split('\n').length > MAX_LINES,
  );
  assert.deepEqual(long, []);
});

for (const folder of ['src', 'src/server']) {
  test(`at most eight files lie directly in ${folder}/`, () => {
    const files = globSync(`${folder}/*.*`);
    assert.ok(files.length <= MAX_FILES, files.join(', '));
  });
}
