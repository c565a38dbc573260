import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const { dependencies } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'),
) as { readonly dependencies: Readonly<Record<string, string>> };

/** The package as `npm pack` makes it, in an empty project that has it and Hono installed. */
export function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-package-'));
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as readonly [
    { readonly filename: string; readonly size: number; readonly files: { path: string }[] },
  ];
  const tarball = join(folder, packed.filename);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', tarball, `hono@${dependencies['hono']}`],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return {
    folder,
    tarball,
    size: packed.size,
    files: packed.files.map(({ path }) => path),
    /** Writes a module to the project, and runs it. */
    run(name: string, code: string, environment: Readonly<Record<string, string>> = {}) {
      writeFileSync(join(folder, name), code);
      return spawnSync(process.execPath, [name], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], ...environment },
      });
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

export type Installed = ReturnType<typeof installPackage>;
