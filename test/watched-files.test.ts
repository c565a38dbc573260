import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, mock, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readTextFile, type TextFile, WatchedFiles } from '../src/lib/watched-files.ts';
import { createDirectory } from './support/key-files.ts';

const MAX_BYTES = 100;

/** Watches these files, and collects the changes. */
async function watch(...paths: string[]) {
  const changes: (string | undefined)[][] = [];
  const files = await Promise.all(paths.map((path) => readTextFile(path, MAX_BYTES)));
  const watched = new WatchedFiles(files, MAX_BYTES, (read) =>
    changes.push(read.map(({ text, problem }) => problem ?? text)),
  );
  return { watched, changes };
}

/** Makes existing files old, so that only their stat reveals a change. */
function passTime() {
  const now = Date.now() + 10_000;
  const { mock: clock } = mock.method(Date, 'now', () => now);
  return { [Symbol.dispose]: () => clock.restore() };
}

/** Makes the file system's time stamps too coarse to distinguish changes. */
function coarsenTimes() {
  const { stat } = fs;
  const { mock: coarse } = mock.method(fs, 'stat', async (path: string, options: object) =>
    Object.assign(await stat(path, options), { mtimeNs: 0n, ctimeNs: 0n }),
  );
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      coarse.restore();
      syncBuiltinESMExports();
    },
  };
}

describe('a file', () => {
  test('is read without white space and byte order mark around its text', async () => {
    using directory = createDirectory();
    const { text, problem } = await readTextFile(
      directory.write('key', '\uFEFF \tthe key \r\n\n'),
      MAX_BYTES,
    );
    assert.deepEqual([text, problem], ['the key', undefined]);
  });

  test('that cannot be read has a problem, which says nothing of its content', async () => {
    using directory = createDirectory();
    const loop = join(directory.path, 'loop');
    symlinkSync(loop, loop);
    for (const [path, problem] of [
      [join(directory.path, 'missing'), 'cannot be read (ENOENT)'],
      [join(directory.write('file', 'secret'), 'below'), 'cannot be read (ENOTDIR)'],
      [loop, 'cannot be read (ELOOP)'],
      [directory.path, 'is not a regular file'],
      [directory.write('empty', ' \n'), 'is empty'],
      [directory.write('long', 's'.repeat(MAX_BYTES + 1)), 'has more than 100 bytes'],
    ] as const) {
      const file: TextFile = await readTextFile(path, MAX_BYTES);
      assert.deepEqual([file.problem, file.text], [problem, ''], path);
    }
  });

  test('is exposed where its mode lets every user read it, also behind a link', async () => {
    using directory = createDirectory();
    for (const [mode, isExposed] of [
      [0o600, false],
      [0o640, false],
      [0o644, true],
      [0o604, true],
    ] as const) {
      const link = join(directory.path, `link-${mode}`);
      symlinkSync(directory.write(`file-${mode}`, 'x', mode), link);
      assert.equal((await readTextFile(link, MAX_BYTES)).isExposed, isExposed, mode.toString(8));
    }
  });
});

describe('a change is taken in at the second look', () => {
  test('written in place, with a text as long as the old one', async () => {
    using directory = createDirectory();
    const { watched, changes } = await watch(directory.write('key', 'old'));
    directory.write('key', 'new');
    await watched.look();
    assert.deepEqual(changes, []);
    await watched.look();
    assert.deepEqual(changes, [['new']]);
    await watched.look();
    await watched.look();
    assert.equal(changes.length, 1);
  });

  test('written in place within the same tick of the file system’s clock', async () => {
    using directory = createDirectory();
    using _coarse = coarsenTimes();
    const { watched, changes } = await watch(directory.write('key', 'old'));
    directory.write('key', 'new');
    await watched.look();
    await watched.look();
    assert.deepEqual(changes, [['new']]);
  });

  test('replaced by rename, with the times of the old one', async () => {
    using directory = createDirectory();
    const [old, other] = [directory.write('key', 'old'), directory.write('other', 'new')];
    for (const path of [old, other]) utimesSync(path, 1_000, 1_000);
    using _later = passTime();
    const { watched, changes } = await watch(old);
    renameSync(other, old);
    await watched.look();
    await watched.look();
    assert.deepEqual(changes, [['new']]);
  });

  test('replaced by the swap of a link further up, as Kubernetes does it: both files at once', async () => {
    using directory = createDirectory();
    const at = (name: string) => join(directory.path, name);
    for (const version of ['..1', '..2']) {
      mkdirSync(at(version));
      for (const key of ['a', 'b']) directory.write(join(version, key), `${key} of ${version}`);
    }
    symlinkSync('..1', at('..data'));
    using _later = passTime();
    for (const key of ['a', 'b']) symlinkSync(join('..data', key), at(key));
    const { watched, changes } = await watch(at('a'), at('b'));
    symlinkSync('..2', at('..new'));
    renameSync(at('..new'), at('..data'));
    rmSync(at('..1'), { recursive: true });
    await watched.look();
    await watched.look();
    assert.deepEqual(changes, [['a of ..2', 'b of ..2']]);
  });
});

describe('files that are used together', () => {
  test('are taken in together where one changes at the look after the other', async () => {
    using directory = createDirectory();
    const { watched, changes } = await watch(
      directory.write('a', 'old a'),
      directory.write('b', 'old b'),
    );
    directory.write('a', 'new a');
    await watched.look();
    directory.write('b', 'newer b');
    await watched.look();
    assert.deepEqual(changes, []);
    await watched.look();
    assert.deepEqual(changes, [['new a', 'newer b']]);
  });

  test('are taken in at the third look even if they never stop changing', async () => {
    using directory = createDirectory();
    const { watched, changes } = await watch(directory.write('key', '0'));
    for (let change = 1; change <= 7; change += 1) {
      directory.write('key', '0'.repeat(change + 1));
      await watched.look();
    }
    assert.deepEqual(changes, [['0000'], ['0000000']]);
  });
});

test('a file whose text stays the same has not changed', async () => {
  using directory = createDirectory();
  const { watched, changes } = await watch(directory.write('key', 'same'));
  directory.write('key', ' same\n');
  await watched.look();
  await watched.look();
  assert.deepEqual(changes, []);
});

test('a file that goes away is a change, and so is its return, empty and then whole', async () => {
  using directory = createDirectory();
  const path = directory.write('key', 'old');
  const { watched, changes } = await watch(path);
  rmSync(path);
  for (let look = 0; look < 4; look += 1) await watched.look();
  directory.write('key', '');
  for (let look = 0; look < 4; look += 1) await watched.look();
  directory.write('key', 'old');
  for (let look = 0; look < 4; look += 1) await watched.look();
  assert.deepEqual(changes, [['cannot be read (ENOENT)'], ['is empty'], ['old']]);
});

test('three looks are taken within 2 s, one after the other', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const watched = new WatchedFiles([], MAX_BYTES, () => {});
    const { promise: firstLook, resolve: endFirstLook } = Promise.withResolvers<void>();
    const { mock: look } = mock.method(watched, 'look', () => firstLook);
    watched.start();
    mock.timers.tick(2_000 / 3);
    mock.timers.tick(2_000);
    assert.equal(look.callCount(), 1);
    endFirstLook();
    for (const count of [2, 3]) {
      await nextTurn();
      mock.timers.tick(2_000 / 3);
      assert.equal(look.callCount(), count);
    }
  } finally {
    mock.timers.reset();
  }
});
