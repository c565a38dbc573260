import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAMS = ['buildah', 'mmdebstrap'] as const;
const SUITE = 'bookworm';
/** What Node, npm's scripts and a container's start need. */
const PACKAGES = 'base-files,coreutils,dash,libstdc++6,util-linux';
const RUNTIME_BASE = 'localhost/rolecall-test/runtime';
const BUILD_BASE = 'localhost/rolecall-test/build';
const IMAGE = 'localhost/rolecall-test/rolecall';
/** The system's certificate authorities, among which may be one of this network. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** The part of an image's configuration that says how to run it. */
export interface ImageConfig {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  /** `CMD`, and the command with its arguments. */
  readonly Healthcheck: { readonly Test: readonly string[] };
}

export interface BuiltImage {
  readonly config: ImageConfig;
  /** The folder with the image's files. */
  readonly root: string;
  /** How long the build itself took, without its base images. */
  readonly buildMs: number;
  [Symbol.dispose](): void;
}

/** @throws {Error} naming what must be installed */
function assertRunnable(): void {
  const missing = PROGRAMS.filter((program) => spawnSync(program, ['--version']).status !== 0);
  if (missing.length > 0) {
    throw new Error(
      `This needs ${missing.join(' and ')}: install it with \`apt-get install --no-install-recommends ${PROGRAMS.join(' ')}\`.`,
    );
  }
  if (process.getuid?.() !== 0) throw new Error('This needs root, for namespaces and mounts.');
  if (process.env['npm_execpath'] === undefined) {
    throw new Error('Start this with `npm run test:image`, so that it finds npm.');
  }
}

/**
 * Builds the Dockerfile without a daemon and without a registry of images: its base images are made here, of Debian's
 * packages, the Node that runs this, and, for the build, the npm that started this.
 */
export function buildImage(): BuiltImage {
  assertRunnable();
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-image-'));
  const buildah = (...args: readonly string[]) => {
    const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
    return run('buildah', [...store, '--storage-driver', 'vfs', ...args]);
  };
  const build = (image: string, context: string, ...args: readonly string[]) =>
    // OCI's own format has no HEALTHCHECK.
    buildah('bud', '--isolation', 'chroot', '--format', 'docker', '-t', image, ...args, context);
  try {
    build(RUNTIME_BASE, runtimeContext(folder));
    build(BUILD_BASE, buildContext(folder));
    const started = performance.now();
    build(
      IMAGE,
      ROOT,
      ...['--build-arg', `RUNTIME_IMAGE=${RUNTIME_BASE}`],
      ...['--build-arg', `BUILD_IMAGE=${BUILD_BASE}`],
      ...['--volume', `${run('npm', ['config', 'get', 'cache']).trim()}:/root/.npm`],
    );
    const buildMs = performance.now() - started;
    const container = buildah('from', IMAGE).trim();
    return {
      config: JSON.parse(buildah('inspect', '--type', 'image', IMAGE)).Docker.config,
      root: buildah('mount', container).trim(),
      buildMs,
      [Symbol.dispose]() {
        buildah('rm', container);
        rmSync(folder, { recursive: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

function runtimeContext(folder: string): string {
  const context = join(folder, 'runtime');
  mkdirSync(context);
  run('mmdebstrap', [
    // Nothing is set up, which takes longest.
    '--variant=extract',
    `--include=${PACKAGES}`,
    SUITE,
    join(context, 'base.tar'),
  ]);
  cpSync(process.execPath, join(context, 'node'));
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM scratch\nADD base.tar /\nCOPY node /usr/local/bin/node\n',
  );
  return context;
}

function buildContext(folder: string): string {
  const context = join(folder, 'build');
  const npm = dirname(dirname(process.env['npm_execpath'] as string));
  cpSync(npm, join(context, 'npm'), { recursive: true, dereference: true });
  cpSync(AUTHORITIES, join(context, 'authorities'));
  writeFileSync(
    join(context, 'Dockerfile'),
    [
      `FROM ${RUNTIME_BASE}`,
      'COPY npm /usr/local/lib/node_modules/npm',
      `COPY authorities ${AUTHORITIES}`,
      `ENV NODE_EXTRA_CA_CERTS=${AUTHORITIES}`,
      'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm',
    ].join('\n'),
  );
  return context;
}

/** Its output. @throws {Error} with what it wrote to stderr */
function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
