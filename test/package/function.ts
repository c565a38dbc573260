import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from './installed.ts';

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/library.md'), 'utf8');

/** The example with this name in docs/library.md. */
export function example(name: string): string {
  return documented('js', `// ${name}\n`);
}

/** The code block of docs/library.md in this language that starts like this. */
function documented(language: string, start: string): string {
  const blocks = [...DOCS.matchAll(/```(\w+)\n(.*?)```/gs)];
  const found = blocks.find(([, is, code = '']) => is === language && code.startsWith(start));
  if (found?.[2] === undefined) throw new Error(`docs/library.md has no ${language}: ${start}`);
  return found[2];
}

/** Writes the example `lambda.mjs`, and bundles it by the documented command. @returns the folder of the bundle */
export function bundleFunction({ folder }: Installed): string {
  writeFileSync(join(folder, 'lambda.mjs'), example('lambda.mjs'));
  run(folder, documented('sh', 'npx esbuild lambda.mjs'));
  return join(folder, 'function');
}

/** Compiles the bundle into the documented cache, next to it. */
export function compileFunction({ folder }: Installed): void {
  run(folder, documented('sh', 'cd function'));
}

function run(cwd: string, command: string): void {
  execFileSync('sh', ['-ec', command], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** The variables of a bundle at the path with its cache beside it, as documented. */
export function cacheVariables(bundle: string) {
  return { NODE_COMPILE_CACHE: join(bundle, 'cache'), NODE_COMPILE_CACHE_PORTABLE: '1' };
}

/** An event as a Function URL sends it. */
export function eventOf(body: string, isBase64Encoded = false) {
  return {
    rawPath: '/graphql',
    rawQueryString: '',
    headers: { host: 'function.example', 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } },
    body,
    isBase64Encoded,
  };
}
