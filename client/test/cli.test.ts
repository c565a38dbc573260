import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { datadogAt, heygenAt, startRolecall, startVendor } from './support/rolecall.ts';

const CLI = join(import.meta.dirname, '../dist/cli.js');
const TOKEN = 'token-of-nobody-at-all';
const folder = mkdtempSync(join(tmpdir(), 'rolecall-client-'));
after(() => rmSync(folder, { recursive: true }));
const out = join(folder, 'permission-names.d.ts');

async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  assert.ok(!`${stdout}${stderr}`.includes(TOKEN));
  return { status, stdout, stderr };
}

function listed(names: string): string {
  const file = join(folder, 'names.txt');
  writeFileSync(file, names);
  return file;
}

const written = () =>
  [...readFileSync(out, 'utf8').matchAll(/^ {6}\| (".*");?$/gm)].map(([, name]) =>
    JSON.parse(name ?? ''),
  );

describe('rolecall-client types', () => {
  let rolecall: Awaited<ReturnType<typeof startRolecall>>;
  before(async () => {
    rolecall = await startRolecall({ SANDBOX: '1', CLIENT_TOKENS: TOKEN });
  });
  after(() => rolecall[Symbol.asyncDispose]());
  const header = ['--header', 'x-request-id: r1', '--header', `Authorization: Bearer ${TOKEN}`];

  test('writes the names that the person holds, sorted', async () => {
    const { status, stdout } = await run('types', '--url', rolecall.url, ...header, '--out', out);
    const names = written();
    const expected = { status: 0, stdout: `${out}: ${names.length} permission names\n` };
    assert.deepEqual({ status, stdout }, expected);
    assert.ok(names.length > 200 && names.includes('dashboards_write'));
    assert.ok(!names.includes('org_management'));
    assert.deepEqual(names, [...names].sort());
  });

  test('adds those of a file, each once', async () => {
    const names = listed('# ours\r\n\r\n  zz_ours \r\ndashboards_write\n');
    await run('types', '--url', rolecall.url, ...header, '--out', out);
    const held = written();
    const { status } = await run(
      'types',
      '--url',
      rolecall.url,
      ...header,
      '--names',
      names,
      '--out',
      out,
    );
    assert.equal(status, 0);
    assert.deepEqual(written(), [...held, 'zz_ours']);
  });

  test('says why there are none, and leaves the file as it is', async () => {
    writeFileSync(out, 'before');
    const { status, stderr } = await run(
      'types',
      '--url',
      rolecall.url,
      '--header',
      'Authorization: Bearer no',
      '--out',
      out,
    );
    assert.equal(status, 1);
    assert.match(stderr, /token/i);
    assert.equal(readFileSync(out, 'utf8'), 'before');
  });

  test('fails where Datadog is not connected', async () => {
    await using heygen = await startVendor(() => ({ body: {} }));
    await using other = await startRolecall(heygenAt(heygen.url));
    const { status, stderr } = await run('types', '--url', other.url, '--out', out);
    assert.deepEqual(
      { status, stderr },
      {
        status: 1,
        stderr: 'Rolecall does not know the person’s permissions at Datadog.\n',
      },
    );
  });
});

test('aliases are names, too', async () => {
  const permission = {
    type: 'permissions',
    id: 'p',
    attributes: { name: 'a', name_aliases: ['b', 'a'] },
  };
  const role = {
    type: 'roles',
    id: 'r',
    attributes: {},
    relationships: { permissions: { data: [{ type: 'permissions', id: 'p' }] } },
  };
  const roles = { data: [{ type: 'roles', id: 'r' }] };
  await using datadog = await startVendor(() => ({
    body: {
      data: { type: 'users', id: 'u', attributes: {}, relationships: { roles } },
      included: [role, permission],
    },
  }));
  await using rolecall = await startRolecall(datadogAt(datadog.url));
  assert.equal((await run('types', '--url', rolecall.url, '--out', out)).status, 0);
  assert.deepEqual(written(), ['a', 'b']);
});

describe('without a network', () => {
  test('the names of a file are enough, and give what the type tests use', async () => {
    const names = listed('dashboards_write\nbilling_read\n');
    assert.equal((await run('types', '--names', names, '--out', out)).status, 0);
    const expected = join(import.meta.dirname, 'types/known-names/permission-names.d.ts');
    assert.equal(readFileSync(out, 'utf8'), readFileSync(expected, 'utf8'));
  });

  test('no names are a type without values, and odd names are written as they are', async () => {
    await run('types', '--names', listed(''), '--out', out);
    assert.match(readFileSync(out, 'utf8'), /permissionName: never;/);
    await run('types', '--names', listed('a"b\\\nc\td\n'), '--out', out);
    assert.deepEqual(written(), ['a"b\\', 'c\td']);
  });

  test('mistakes in the arguments are explained, without their values', async () => {
    for (const [args, message] of [
      [[], 'The only command is `types`.'],
      [['other'], 'The only command is `types`.'],
      [['types', '--names', 'x'], '--out is missing.'],
      [['types', '--out', out], 'Give --url, --names or both.'],
      [['types', '--out', out, '--url', TOKEN], '--url must be a URL with http or https.'],
      [
        ['types', '--out', out, '--url', 'localhost:4000/graphql'],
        '--url must be a URL with http or https.',
      ],
      [
        ['types', '--out', out, '--names', 'x', '--header', TOKEN],
        "A --header is not of the form 'NAME: VALUE'.",
      ],
      [['types', '--out', out, '--names', 'x', `--${TOKEN}`], 'The arguments cannot be read.'],
    ] as const) {
      const { status, stderr } = await run(...args);
      assert.equal(status, 2);
      assert.equal(stderr.split('\n')[0], message);
      assert.match(stderr, /^Usage: rolecall-client types/m);
    }
  });

  test('help is not a mistake', async () => {
    for (const args of [['--help'], ['-h'], ['types', '--help']]) {
      const { status, stdout, stderr } = await run(...args);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.match(stdout, /^Usage: rolecall-client types/);
    }
  });

  test('a file that is not there is an error', async () => {
    const { status, stderr } = await run('types', '--names', join(folder, 'gone'), '--out', out);
    assert.equal(status, 1);
    assert.match(stderr, /^ENOENT/);
  });
});
