import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, type Environment } from '../src/config/index.ts';
import { readConfig } from './support/config.ts';
import { createRolecallWithFiles, readConfigWithFiles } from './support/key-files.ts';

const SECRET = randomBytes(32).toString('base64');
const OTHER = randomBytes(48).toString('base64');
const REDIS_URL = 'redis://user:p%40ss@redis.example:6380/2';

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
}

const urlOf = (environment: Environment) => readConfig(environment).redis.url.value?.reveal();
const secretsOf = (environment: Environment) =>
  readConfig(environment).redis.secrets.value.map((secret) => secret.reveal());

describe('REDIS_URL', () => {
  for (const url of [
    'redis://127.0.0.1',
    'redis://127.0.0.1:6379/0',
    'rediss://[2001:db8::1]:6379/',
    'rediss://:password@redis.example',
    REDIS_URL,
  ]) {
    test(`may be ${url}`, () => {
      assert.equal(urlOf({ REDIS_URL: url, CACHE_SECRET: SECRET }), url);
    });
  }

  for (const url of [
    'redis.example',
    'http://redis.example',
    'redis://',
    'redis:///2',
    'redis://redis.example/name',
    'redis://redis.example/1/2',
    'redis://redis.example?enableOfflineQueue=true',
    'redis://redis.example#fragment',
    'redis://user:%zz@redis.example',
    'redis://%zz:pass@redis.example',
  ]) {
    test(`may not be ${url}, which the message does not repeat`, () => {
      const [problem = '', ...more] = problemsOf({ REDIS_URL: url, CACHE_SECRET: SECRET });
      assert.match(problem, /^REDIS_URL must be the URL of a Redis server: redis:\/\/ or rediss:/);
      assert.doesNotMatch(problem, /example|zz|offline/i);
      assert.deepEqual(more, []);
    });
  }

  test('needs CACHE_SECRET, and the message says how to make one', () => {
    assert.deepEqual(problemsOf({ REDIS_URL }), [
      'CACHE_SECRET must be set with REDIS_URL: at least 32 random bytes in base64, such as the output of `openssl rand -base64 32`, the same for all copies of Rolecall. It encrypts what Redis holds.',
    ]);
  });

  test('and the secrets never print', () => {
    const printed = inspect(readConfig({ REDIS_URL, CACHE_SECRET: SECRET }), { depth: 20 });
    assert.doesNotMatch(printed, /p%40ss|redis\.example/);
    assert.ok(!printed.includes(SECRET));
  });
});

describe('CACHE_SECRET', () => {
  test('is one secret, or several, as people write lists', () => {
    for (const [text, secrets] of [
      [SECRET, [SECRET]],
      [`${SECRET},${OTHER}`, [SECRET, OTHER]],
      [` ${SECRET} , ${OTHER} `, [SECRET, OTHER]],
      [`${SECRET}\n${OTHER}\n`, [SECRET, OTHER]],
    ] as const) {
      assert.deepEqual(secretsOf({ REDIS_URL, CACHE_SECRET: text }), secrets);
    }
  });

  for (const [what, text] of [
    ['31 bytes', randomBytes(31).toString('base64')],
    ['a passphrase', 'correct horse battery staple, correct horse battery staple'],
    ['hexadecimal with a mistake', `${'0'.repeat(63)}!`],
    ['an empty item', `${SECRET},`],
    ['a good secret and a short one', `${SECRET},c2hvcnQ=`],
  ] as const) {
    test(`may not be ${what}, which the message does not repeat`, () => {
      assert.deepEqual(problemsOf({ REDIS_URL, CACHE_SECRET: text }), [
        'CACHE_SECRET must be at least 32 random bytes in base64, such as the output of `openssl rand -base64 32`; or several, separated by commas or line breaks.',
      ]);
    });
  }

  test('may not be set without REDIS_URL', () => {
    assert.deepEqual(problemsOf({ CACHE_SECRET: SECRET }), [
      'REDIS_URL must be set too if CACHE_SECRET is set.',
    ]);
  });

  test('gives callers the same hash in the logs of all copies, unless LOG_SECRET does', () => {
    const logSecretOf = (more: Environment) =>
      readConfig({ REDIS_URL, ...more }).identity.logSecret?.reveal();
    const shared = logSecretOf({ CACHE_SECRET: SECRET });
    assert.equal(logSecretOf({ CACHE_SECRET: `${SECRET},${OTHER}` }), shared);
    assert.notEqual(logSecretOf({ CACHE_SECRET: OTHER }), shared);
    assert.ok(shared && shared.length >= 32 && shared !== SECRET);
    const own = 'l'.repeat(32);
    assert.equal(logSecretOf({ CACHE_SECRET: SECRET, LOG_SECRET: own }), own);
  });
});

test('REDIS_PREFIX and REDIS_TIMEOUT_MS have bounds', () => {
  for (const prefix of ['with space', 'é', 'x'.repeat(65)]) {
    assert.deepEqual(problemsOf({ REDIS_PREFIX: prefix }), [
      'REDIS_PREFIX must be up to 64 printable ASCII characters without spaces.',
    ]);
  }
  for (const ms of ['0', '10001', '1.5']) {
    assert.deepEqual(problemsOf({ REDIS_TIMEOUT_MS: ms }), [
      'REDIS_TIMEOUT_MS must be a whole number from 1 to 10000.',
    ]);
  }
  const { prefix, timeoutMs } = readConfig({ REDIS_PREFIX: 'a:', REDIS_TIMEOUT_MS: '7' }).redis;
  assert.deepEqual([prefix, timeoutMs], ['a:', 7]);
});

test('a misspelt name is warned of', () => {
  for (const [name, meant] of [
    ['REDIS_URI', 'REDIS_URL'],
    ['REDIS_PREFX', 'REDIS_PREFIX'],
    ['CACHE_SECRETS', 'CACHE_SECRET'],
    ['CACHE_SECRET_FIL', 'CACHE_SECRET_FILE'],
  ] as const) {
    assert.deepEqual(readConfig({ [name]: 'x' }).warnings, [
      `${name} is not a variable of Rolecall and is ignored. Did you mean ${meant}?`,
    ]);
  }
  // Kubernetes sets these for a service with the name "redis".
  assert.deepEqual(
    readConfig({ REDIS_PORT: 'x', REDIS_SERVICE_HOST: 'x', REDIS_PORT_6379_TCP: 'x' }).warnings,
    [],
  );
});

test('memory for responses is needed only without Redis', () => {
  const caching = { CACHE_TTL_SECONDS: '1', DOCUMENT_MEMORY_MB: '0' };
  assert.equal(problemsOf(caching).length, 1);
  assert.deepEqual(problemsOf({ ...caching, REDIS_URL, CACHE_SECRET: SECRET }), []);
});

describe('in files', () => {
  test('both are read, and may not be set twice', async () => {
    using rolecall = await createRolecallWithFiles({ CLIENT_TOKENS: 'token' });
    const file = (name: string, text: string) => rolecall.directory.write(name, text);
    const environment = {
      REDIS_URL_FILE: file('url', `${REDIS_URL}\n`),
      CACHE_SECRET_FILE: file('secret', `${SECRET}\n${OTHER}\n`),
    };
    const { redis, warnings } = await readConfigWithFiles(environment);
    assert.equal(redis.url.value?.reveal(), REDIS_URL);
    assert.equal(redis.secrets.value.length, 2);
    assert.deepEqual(warnings, []);
    await assert.rejects(
      readConfigWithFiles({ ...environment, REDIS_URL, CACHE_SECRET: SECRET }),
      /REDIS_URL_FILE must not be set together with REDIS_URL\.\n.*CACHE_SECRET_FILE must not/,
    );
  });
});
