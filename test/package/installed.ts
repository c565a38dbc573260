import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const { dependencies } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'),
) as { readonly dependencies: Readonly<Record<string, string>> };

/** The package as `npm pack` makes it, in an empty project that has it, Hono and esbuild installed. */
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
  const install = (...packages: readonly string[]) =>
    execFileSync('npm', ['install', '--no-audit', '--no-fund', ...packages], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  install(tarball);
  const bytes = execFileSync('du', ['-sb', 'node_modules'], { cwd: folder, encoding: 'utf8' });
  install(versioned('hono'), versioned('esbuild'));
  return {
    folder,
    tarball,
    /** The tarball's, in bytes. */
    size: packed.size,
    /** Of the package with its dependencies. */
    megabytes: Number.parseInt(bytes, 10) / 1_000_000,
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

function versioned(name: string): string {
  return `${name}@${dependencies[name]}`;
}

export type Installed = ReturnType<typeof installPackage>;
