import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Compiles `src/` to `dist/`, for the npm package: Node does not strip types below node_modules. */

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
/** What a page loads is copied as it is. */
const PAGE = 'server/graphiql/browser';

rmSync(DIST, { recursive: true, force: true });
execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
cpSync(join(ROOT, 'src', PAGE), join(DIST, PAGE), { recursive: true });
chmodSync(join(DIST, 'start.mjs'), 0o755);
