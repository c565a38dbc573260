import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { providers } from '../src/providers/index.ts';

/** The only file that may name vendors outside their folders. */
const LIST = 'src/providers/index.ts';

for (const { name, title, field, headers, keyVariables, sandbox } of providers) {
  describe(title, () => {
    const names = [name, title, ...headers.keys, ...headers.others];
    const patterns = [...names, ...keyVariables, ...sandbox.variables].map((text) =>
      text.toLowerCase(),
    );

    test('is named, with its headers and variables, by no file outside its folder but the list', () => {
      const files = globSync('src/**/*.{ts,mjs}').filter(
        (file) => file !== LIST && !file.startsWith(`src/providers/${field}/`),
      );
      assert.ok(files.length > 80, `only ${files.length} files were found`);
      const naming = files.filter((file) => {
        const text = readFileSync(file, 'utf8').toLowerCase();
        return patterns.some((pattern) => text.includes(pattern));
      });
      assert.deepEqual(naming, []);
    });

    test('has the value of the enum written once in its folder', () => {
      const written = globSync(`src/providers/${field}/**/*.ts`).flatMap((file) =>
        readFileSync(file, 'utf8')
          .split(`'${name}'`)
          .slice(1)
          .map(() => file),
      );
      assert.deepEqual(written, [`src/providers/${field}/vendor.ts`]);
    });
  });
}
