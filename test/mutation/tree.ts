import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutants.ts';

/** Unused names are allowed, because mutants remove code. An incremental check takes a third of the time. */
const TYPE_CHECK = [
  ...['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'],
  ...['--incremental', '--tsBuildInfoFile', '.tsbuildinfo'],
];

/** A copy of the working tree, including uncommitted changes. Only the copy is mutated. */
export class Tree {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static create(): Tree {
    const tree = new Tree(realpathSync(mkdtempSync(join(tmpdir(), 'rolecall-mutation-'))));
    const listed = execFileSync('git', ['ls-files', '-zco', '--exclude-standard'], {
      encoding: 'utf8',
    });
    for (const file of listed.split('\0').filter((name) => name && existsSync(name))) {
      cpSync(file, join(tree.root, file));
    }
    symlinkSync(resolve('node_modules'), join(tree.root, 'node_modules'));
    execFileSync('npm', ['run', '--silent', 'codegen'], { cwd: tree.root });
    if (tree.hasTypeErrors()) throw new Error('types do not fit without a mutant: run npx tsc');
    return tree;
  }

  apply({ file, mutated }: Mutant): void {
    writeFileSync(join(this.root, file), mutated);
  }

  restore({ file, original }: Mutant): void {
    writeFileSync(join(this.root, file), original);
  }

  hasTypeErrors(): boolean {
    const tsc = join(this.root, 'node_modules/.bin/tsc');
    return spawnSync(tsc, TYPE_CHECK, { cwd: this.root }).status !== 0;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}
