/** Compiles `src` to `dist`, and fails if the client has become too large for a page. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOf } from './size.ts';

const ROOT = join(import.meta.dirname, '..');
const MAX_BYTES = 4_096;

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: ROOT,
    stdio: 'inherit',
  },
);

const client = await sizeOf('dist/index.js');
const withReact = await sizeOf('dist/react/index.js', [
  'react',
  '@tanstack/react-query',
  'rolecall-client',
]);
console.log(`rolecall-client: ${client} bytes gzipped, dataloader included`);
console.log(`rolecall-client/react: ${withReact} bytes gzipped, without React and TanStack Query`);
if (client >= MAX_BYTES) {
  console.error(`rolecall-client must have less than ${MAX_BYTES} bytes`);
  process.exitCode = 1;
}
