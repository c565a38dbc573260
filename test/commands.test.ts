import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { describeVariables } from '../src/config/variables.ts';
import { providers } from '../src/providers/index.ts';
import { startProcess } from './support/process.ts';

const ROOT = join(import.meta.dirname, '..');
const START = join(ROOT, 'src/start.mjs');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return startProcess(environment, { command: [process.execPath, START, ...args] }).exited;
}

/** The variables of .env.example, with their defaults. */
const examples = new Map(
  readFileSync(join(ROOT, '.env.example'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    }),
);

describe('--help', () => {
  test('lists every variable of .env.example with its meaning and default', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    const text = stdout.replaceAll(/\n {30,}/g, ' ');
    const listed = new Map(
      Array.from(text.matchAll(/^ {2}([A-Z_]+) +(.+)$/gm), ([, name, meaning]) => [name, meaning]),
    );
    assert.deepEqual([...listed.keys()].toSorted(), [...examples.keys()].toSorted());
    for (const [name, value] of examples) {
      const [, said = ''] = / \(default (.*)\)$/.exec(listed.get(name) ?? '') ?? [];
      assert.equal(said, value, name);
    }
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
  });

  test('says the same in short', async () => {
    assert.deepEqual(await run(['-h']), await run(['--help']));
  });
});

test('every variable that is not an alternative spelling is described', () => {
  assert.deepEqual(
    describeVariables(providers).filter(({ description }) => !/^[\w`].+[^.]$/.test(description)),
    [],
  );
});

for (const flag of ['--version', '-v']) {
  test(`${flag} prints the version`, async () => {
    const { code, stdout, stderr } = await run([flag]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${version}\n`, stderr: '' });
  });
}

test('schema prints the schema', async () => {
  const { code, stdout } = await run(['schema']);
  assert.equal(code, 0);
  assert.equal(
    stdout.trimEnd(),
    readFileSync(join(ROOT, 'schema/schema.graphql'), 'utf8').trimEnd(),
  );
});

describe('--check', () => {
  test('says what would be connected, and does not serve', async () => {
    const { code, stdout, stderr } = await run(['--check'], {
      DD_API_KEY: 'marked-key',
      DD_APP_KEY: 'marked-key-too',
      DD_SITE: 'datadoghq.eu',
      CLIENT_TOKENS: 'marked-token',
      LIMIT_BODY: '1',
    });
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(
      stdout,
      [
        'The configuration is valid.',
        'Providers: Datadog at https://api.datadoghq.eu/',
        'Lets in: callers with one of CLIENT_TOKENS (1)',
        'Shows: the owner of the server’s credentials, to every caller',
        'One of CLIENT_TOKENS is shorter than 16 characters and can be guessed: replace it, for example with the output of `openssl rand -hex 32`.',
        'LIMIT_BODY is not a variable of Rolecall and is ignored. Did you mean LIMIT_BODY_BYTES?',
        '',
      ].join('\n'),
    );
  });

  test('names every problem, and no value', async () => {
    const { code, stdout, stderr } = await run(['--check'], {
      DD_API_KEY: 'marked-key',
      PORT: 'marked',
      CACHE_SECRET_FILE: '/marked/nowhere',
    });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /PORT must be a whole number/);
    assert.match(stderr, /DD_APP_KEY must be set too/);
    assert.match(stderr, /CACHE_SECRET_FILE: the file \/marked\/nowhere cannot be read/);
    assert.ok(!stderr.includes('marked-key'));
  });
});

for (const args of [['--check', 'schema'], ['schema', 'x'], [''], ['serve'], ['constructor']]) {
  test(`${JSON.stringify(args)} is no command`, async () => {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Rolecall does not know this command: .*\n$/);
  });
}
