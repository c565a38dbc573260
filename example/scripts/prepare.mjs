/** Builds what the example uses of this repository, if it is not there yet: Rolecall's dependencies and the client. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const CLIENT = join(ROOT, 'client');

function npm(...args) {
  execFileSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
}

if (!existsSync(join(ROOT, 'node_modules'))) npm('ci', '--prefix', ROOT);
if (!existsSync(join(CLIENT, 'dist'))) {
  npm('ci', '--prefix', CLIENT);
  npm('run', 'build', '--prefix', CLIENT);
}
