import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, type Environment } from '../src/config/index.ts';
import { readConfig } from './support/config.ts';
import { createDirectory, readConfigWithFiles } from './support/key-files.ts';
import { startProcess } from './support/process.ts';
import { fixtures, ofAll } from './support/providers.ts';
import { revealed } from './support/secrets.ts';

async function problemsOf(environment: Environment): Promise<readonly string[]> {
  try {
    await readConfigWithFiles(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /secret/);
    return error.problems;
  }
  return [];
}

/** Writes each value to a file in the directory that the variable `<name>_FILE` names. */
function inFiles(
  directory: ReturnType<typeof createDirectory>,
  values: Readonly<Record<string, string>>,
  mode?: number,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => [
      `${name}_FILE`,
      directory.write(name, text, mode),
    ]),
  );
}

describe('a key in a file', () => {
  for (const { provider, keys } of fixtures) {
    test(`connects ${provider.title} as the variable does`, async () => {
      using directory = createDirectory();
      const padded = Object.entries(keys).map(([name, key]) => [name, ` ${key}\r\n`]);
      const environment = inFiles(directory, Object.fromEntries(padded));
      const credentialsOf = ({ providers }: ReturnType<typeof readConfig>) =>
        providers.map(({ settings }) => revealed(settings.value.credentials));
      const config = await readConfigWithFiles(environment);
      assert.deepEqual(credentialsOf(config), credentialsOf(readConfig(keys)));
      assert.equal(config.sandbox, false);
      assert.deepEqual(config.warnings, []);
    });
  }

  test('goes together with another key in its variable', async () => {
    using directory = createDirectory();
    const environment = { ...inFiles(directory, { DD_API_KEY: 'a' }), DD_APP_KEY: 'b' };
    assert.deepEqual(await problemsOf(environment), []);
  });

  test('counts in production, and closes the server to other machines', async () => {
    using directory = createDirectory();
    const environment = inFiles(directory, { HEYGEN_API_KEY: 'a' });
    assert.deepEqual(await problemsOf({ ...environment, NODE_ENV: 'production' }), []);
    const exposed = { ...environment, HOST: '0.0.0.0' };
    assert.match((await problemsOf(exposed)).join(), /^HOST exposes this server/);
    const tokens = inFiles(directory, { CLIENT_TOKENS: 'a' });
    assert.deepEqual(await problemsOf({ ...exposed, ...tokens }), []);
  });

  test('is ignored in the sandbox, even where there is no such file or a variable too', async () => {
    const environment = {
      SANDBOX: '1',
      DD_API_KEY_FILE: '/fictional/missing',
      HEYGEN_API_KEY_FILE: 'not a path',
      HEYGEN_API_KEY: 'real',
    };
    const { providers } = await readConfigWithFiles(environment);
    assert.deepEqual(
      providers.map(({ settings }) => settings.value.credentials),
      [undefined, undefined],
    );
  });

  test('is unset where the name of the file is empty', async () => {
    assert.equal((await readConfigWithFiles({ HEYGEN_API_KEY_FILE: ' ' })).sandbox, true);
  });
});

describe('CLIENT_TOKENS_FILE', () => {
  for (const text of ['a,b', 'a\nb\n', 'a\r\nb\r\n', 'a,\n b', '\n\na\n\n\nb', 'a , b']) {
    test(`has two tokens in ${JSON.stringify(text)}`, async () => {
      using directory = createDirectory();
      const { server } = await readConfigWithFiles(inFiles(directory, { CLIENT_TOKENS: text }));
      assert.deepEqual(
        server.clientTokens.value.map((token) => token.reveal()),
        ['a', 'b'],
      );
    });
  }

  for (const text of ['a b', 'a,,b', 'a,', 'é']) {
    test(`has no tokens in ${JSON.stringify(text)}`, async () => {
      using directory = createDirectory();
      const environment = inFiles(directory, { CLIENT_TOKENS: text });
      assert.match(
        (await problemsOf(environment)).join(),
        /^CLIENT_TOKENS_FILE: .* must be tokens/,
      );
    });
  }
});

test('every bad file is named at once with its path, as every bad variable is, and no value', async () => {
  using directory = createDirectory();
  const { path } = directory;
  const environment = {
    PORT: 'x',
    DD_API_KEY_FILE: join(path, 'missing'),
    ...inFiles(directory, { DD_APP_KEY: 'secret with blanks', CLIENT_TOKENS: ' \n' }),
    HEYGEN_API_KEY_FILE: 'secret-looking-key',
  };
  assert.deepEqual(await problemsOf(environment), [
    'PORT must be a whole number from 0 to 65535.',
    `CLIENT_TOKENS_FILE: the file ${path}/CLIENT_TOKENS is empty.`,
    `DD_API_KEY_FILE: the file ${path}/missing cannot be read (ENOENT).`,
    `DD_APP_KEY_FILE: the content of ${path}/DD_APP_KEY must be a key: up to 256 printable ASCII characters without spaces.`,
    'HEYGEN_API_KEY_FILE must be an absolute path.',
  ]);
});

test('a value both in a file and in its variable is an error', async () => {
  using directory = createDirectory();
  const values = { ...ofAll('keys'), CLIENT_TOKENS: 'a' };
  const environment = { ...values, ...inFiles(directory, values) };
  assert.deepEqual(
    await problemsOf(environment),
    Object.keys(values).map((name) => `${name}_FILE must not be set together with ${name}.`),
  );
});

test('a file that every user may read is warned of, with its path and without its content', async () => {
  using directory = createDirectory();
  const config = await readConfigWithFiles({
    ...inFiles(directory, { HEYGEN_API_KEY: 'secret' }, 0o644),
    ...inFiles(directory, { CLIENT_TOKENS: 'secret' }, 0o640),
  });
  assert.equal(config.warnings.length, 1);
  assert.match(
    config.warnings[0] ?? '',
    /^HEYGEN_API_KEY_FILE: every user of this machine may read .*\/HEYGEN_API_KEY\. /,
  );
  assert.doesNotMatch(inspect(config, { depth: 20 }), /secret'/);
});

test('a misspelt variable of a file is warned of with the name that is meant', () => {
  for (const [name, meant] of [
    ['DD_API_KEYFILE', 'DD_API_KEY_FILE'],
    ['DD_APP_KEY_FILES', 'DD_APP_KEY_FILE'],
    ['HEYGEN_KEY_FILE', 'HEYGEN_API_KEY_FILE'],
    ['CLIENT_TOKEN_FILE', 'CLIENT_TOKENS_FILE'],
  ] as const) {
    const [warning] = readConfig({ [name]: '/fictional' }).warnings;
    assert.ok(warning?.endsWith(`Did you mean ${meant}?`), `${name}: ${warning}`);
  }
});

test('a bad file at start: exit 2 and one text that names it', async () => {
  const { exited } = startProcess({ HEYGEN_API_KEY_FILE: '/fictional/missing' });
  const { code, stdout, stderr } = await exited;
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, / {2}- HEYGEN_API_KEY_FILE: the file \/fictional\/missing cannot be read/);
});
