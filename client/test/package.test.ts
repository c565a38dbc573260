import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startRolecall } from './support/rolecall.ts';
import { snippetWith } from './support/snippets.ts';

const ROOT = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'rolecall-project-'));
after(() => rmSync(folder, { recursive: true }));
const project = join(folder, 'project');
mkdirSync(project);
/** This Node, and Debian's if it is another. */
const NODES = [process.execPath, '/usr/bin/node'].filter(existsSync);

const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

async function run(file: string, args: readonly string[], cwd = project): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { cwd, maxBuffer: 2 ** 26 }).catch(
    ({ message, stdout, stderr }) => assert.fail(`${message}\n${stdout}\n${stderr}`),
  );
  return stdout;
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), content);
}

/** Packs a copy, which has never been built, and leaves `dist` to the other tests. */
async function pack(): Promise<string> {
  const copy = join(folder, 'client');
  cpSync(join(ROOT, '../tsconfig.json'), join(folder, 'tsconfig.json'));
  cpSync(ROOT, copy, {
    recursive: true,
    filter: (source) => !['dist', 'node_modules', 'test'].includes(basename(source)),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const output = await run('npm', ['pack', '--pack-destination', project], copy);
  return join(project, output.trim().split('\n').at(-1) ?? '');
}

/** `name@version` of packages that this project tests with, so that npm has them already. */
const pinned = (...names: readonly string[]) =>
  names.map((name) => `${name}@${devDependencies[name]}`);

describe('the package, installed into an empty project', () => {
  let rolecall: Awaited<ReturnType<typeof startRolecall>>;
  let packed: string;

  before(async () => {
    rolecall = await startRolecall({ SANDBOX: '1' });
    packed = await pack();
    write({ 'package.json': '{ "type": "module", "private": true }' });
    const others = pinned(
      'react',
      'react-dom',
      '@tanstack/react-query',
      'vite',
      'typescript',
      '@types/react',
      '@types/react-dom',
      '@apollo/client',
      '@urql/core',
      '@urql/exchange-graphcache',
    );
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', packed, ...others]);
  });
  after(() => rolecall[Symbol.asyncDispose]());

  test('holds what its README says and nothing else, and every tool can resolve it', async () => {
    const installed = join(project, 'node_modules/rolecall-client');
    assert.deepEqual(readdirSync(installed).sort(), [
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
    ]);
    assert.ok(
      readdirSync(join(installed, 'dist')).every(
        (name) => !name.endsWith('.ts') || name.endsWith('.d.ts'),
      ),
    );
    await run('npx', ['publint', '--strict', packed], ROOT);
    await run('npx', ['attw', '--profile', 'esm-only', packed], ROOT);
  });

  for (const node of NODES) {
    test(`serves the README’s first example, and its command, with ${node}`, async () => {
      const code = snippetWith("await client.check(['dashboards_write', 'billing_read'])").replace(
        'http://127.0.0.1:4000/graphql',
        rolecall.url,
      );
      write({ 'first.mjs': `${code}console.log(granted, grantedBy[0].name, checks.length);` });
      const output = await run(node, ['first.mjs']);
      assert.match(output, /^Robin Sandbox \[/);
      assert.ok(output.endsWith('true Site Reliability 2\n'), output);
      const cli = join(project, 'node_modules/.bin/rolecall-client');
      const args = ['types', '--url', rolecall.url, '--out', 'permission-names.d.ts'];
      assert.match(await run(node, [cli, ...args]), /permission names\n$/);
    });
  }

  test('compiles, and is built by Vite for the page and for the server', async () => {
    mkdirSync(join(project, 'dist'), { recursive: true });
    mkdirSync(join(project, 'caches'));
    const page = snippetWith('export function App()');
    write({
      'page.tsx': `${page}\nexport { Card as Page };\n`,
      'server.tsx': snippetWith('renderToString'),
      'browser.tsx': snippetWith('hydrateRoot'),
      'errors.ts': `${snippetWith('instanceof RolecallError')}`.replace(
        'try {',
        "import { createRolecallClient } from 'rolecall-client';\nconst client = createRolecallClient({ url: '' });\ntry {",
      ),
      'main.tsx':
        "import { createRoot } from 'react-dom/client';\nimport { App } from './page.js';\nconst root = document.getElementById('root');\nif (root) createRoot(root).render(<App />);\n",
      'index.html': '<div id="root"></div><script type="module" src="/main.tsx"></script>',
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'nodenext',
          target: 'es2022',
          lib: ['es2022', 'dom'],
          jsx: 'react-jsx',
          types: [],
        },
        include: ['*.ts', '*.tsx'],
      }),
      'caches/apollo.ts': snippetWith('createApolloClient'),
      'caches/urql.ts': snippetWith('createUrqlClient'),
      'caches/tsconfig.json': JSON.stringify({
        extends: '../tsconfig.json',
        // Apollo Client's dependencies have faulty declarations.
        compilerOptions: { skipLibCheck: true },
        include: ['*.ts'],
      }),
    });
    await run('npx', [
      'rolecall-client',
      'types',
      '--url',
      rolecall.url,
      '--out',
      'permission-names.d.ts',
    ]);
    await run('npx', ['tsc']);
    await run('npx', ['tsc', '-p', 'caches']);
    write({
      'wrong.ts':
        "import { useCan } from 'rolecall-client/react';\nexport const use = () => useCan('dashbords_write');\n",
    });
    const wrong = await promisify(execFile)('npx', ['tsc'], { cwd: project }).then(
      () => assert.fail('compiles'),
      ({ stdout }) => stdout as string,
    );
    assert.match(wrong, /^wrong\.ts.*'"dashbords_write"' is not assignable/);

    await run('npx', ['vite', 'build', '--logLevel', 'warn']);
    const [script = ''] = readdirSync(join(project, 'dist/assets'));
    const built = readFileSync(join(project, 'dist/assets', script), 'utf8');
    assert.ok(built.includes('permissionChecks(names:$names)'));
    assert.ok(!built.includes('query HeldNames'), 'what only the command needs is left out');
    await run('npx', [
      'vite',
      'build',
      '--ssr',
      'server.tsx',
      '--outDir',
      'server',
      '--logLevel',
      'warn',
    ]);
    write({
      'serve.mjs': `import { render } from './server/server.js';
const { html, state } = await render(${JSON.stringify(rolecall.url)}, 'Bearer none');
console.log(html, state.queries.length);`,
    });
    for (const node of NODES) {
      assert.equal(await run(node, ['serve.mjs']), '<p>Robin Sandbox</p> 3\n');
    }
  });
});
