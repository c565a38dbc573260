import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { until } from './copies.ts';
import { assertInstalled, SEARCH_PATH } from './installed.ts';

const PROGRAM = 'haproxy';
const VERSION_FLAG = '-v';
const ADVICE = '`apt-get install --no-install-recommends haproxy` (2.6 or later)';

/** What users get; tests replace addresses only. */
const CONFIGURATION = join(import.meta.dirname, '../../deploy/haproxy.cfg');

/** The numbers of retries in the log's line of a request: the last of five that slashes separate, before two others. */
const RETRIES = / \d+\/\d+\/\d+\/\d+\/\+?(\d+) \d+\/\d+ /g;

/**
 * HAProxy with the configuration in `deploy/`, on loopback.
 * @param copies the addresses of three copies, such as `127.0.0.1:4001`
 */
export async function startHaproxy([copy1, copy2, copy3]: readonly [string, string, string]) {
  assertInstalled(PROGRAM, VERSION_FLAG, ADVICE);
  const port = await freePort();
  const child = spawn(PROGRAM, ['-db', '-f', CONFIGURATION], {
    env: {
      PATH: SEARCH_PATH,
      ROLECALL_BIND: `127.0.0.1:${port}`,
      ROLECALL_COPY1: copy1,
      ROLECALL_COPY2: copy2,
      ROLECALL_COPY3: copy3,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${PROGRAM} ended: ${log}`);
    return accepts(port);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    /** How many retries it has made. */
    retries: () => [...log.matchAll(RETRIES)].reduce((sum, [, count]) => sum + Number(count), 0),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** What HAProxy says about the configuration with its defaults. */
export function checkConfiguration() {
  assertInstalled(PROGRAM, VERSION_FLAG, ADVICE);
  const { status, stdout, stderr } = spawnSync(PROGRAM, ['-c', '-f', CONFIGURATION], {
    env: { PATH: SEARCH_PATH },
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** Does this port of loopback accept connections? */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
