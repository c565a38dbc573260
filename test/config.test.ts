import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, type Environment } from '../src/config/index.ts';
import { Secret } from '../src/lib/secret.ts';
import { SITES } from '../src/providers/datadog/settings.ts';
import { readConfig } from './support/config.ts';
import { fixtures, KEY_MARK, ofAll } from './support/providers.ts';

/** The lines of this environment's error. */
function problemsOf(environment: Environment): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message
      .split('\n')
      .filter((line) => line.startsWith('  - '))
      .map((line) => line.slice(4));
  }
  return [];
}

/** Datadog's base URL in this environment. */
function datadogUrl(environment: Environment): string {
  const { providers } = readConfig({ DD_API_KEY: 'a', DD_APP_KEY: 'b', ...environment });
  const credentials = providers[0]?.settings.value.credentials as { baseUrl: URL };
  return credentials.baseUrl.href;
}

describe('defaults', () => {
  test('nothing set: the sandbox, on loopback', () => {
    const { providers, upstream, server, ...config } = readConfig({});
    assert.deepEqual(config, {
      host: '127.0.0.1',
      port: 4000,
      credentials: 'server',
      viewer: 'key',
      sandbox: true,
      isSandboxForced: false,
      warnings: [],
      isOpen: false,
      identity: { jwt: undefined, logSecret: undefined },
      cache: { ttlMs: 0, staleMs: 0, staleIfErrorMs: 0 },
      redis: {
        url: { value: undefined },
        prefix: 'rolecall:',
        timeoutMs: 100,
        secrets: { value: [] },
      },
      callerCredentials: {
        entries: { value: new Map() },
        url: undefined,
        token: { value: undefined },
        ttlSeconds: 60,
      },
    });
    assert.deepEqual(
      providers.map(({ provider }) => provider.name),
      fixtures.map(({ user }) => user['provider']),
    );
  });

  test('empty counts as unset', () => {
    const names = [
      'HOST',
      'PORT',
      'DD_SITE',
      'CREDENTIALS',
      'SANDBOX',
      'GRAPHIQL',
      ...Object.keys({ ...ofAll('keys'), ...ofAll('variables') }),
      ...fixtures.map(({ urlVariable }) => urlVariable),
    ];
    const print = (environment: Environment) => inspect(readConfig(environment), { depth: 20 });
    assert.equal(print(Object.fromEntries(names.map((name) => [name, ' ']))), print({}));
  });
});

test('an IPv6 host may be written as in a URL', () => {
  assert.equal(readConfig({ HOST: '[::1]' }).host, '::1');
});

describe('the sandbox', () => {
  test('serves where the server has no key, or where it is forced', () => {
    for (const { keys } of fixtures) {
      assert.equal(readConfig(keys).sandbox, false);
      assert.equal(readConfig({ ...keys, SANDBOX: '1' }).sandbox, true);
    }
    assert.equal(readConfig({ CREDENTIALS: 'request' }).sandbox, false);
    assert.equal(readConfig({ SANDBOX: '0' }).sandbox, true);
  });

  test('does not stand in for missing credentials in production', () => {
    assert.match(
      problemsOf({ NODE_ENV: 'production' })[0] ?? '',
      /^No credentials: set DD_API_KEY/,
    );
    assert.equal(readConfig({ NODE_ENV: 'production', SANDBOX: '1' }).sandbox, true);
    assert.equal(readConfig({ NODE_ENV: 'production', CREDENTIALS: 'request' }).sandbox, false);
    for (const { keys } of fixtures) {
      assert.equal(readConfig({ NODE_ENV: 'production', ...keys }).sandbox, false);
    }
  });

  test('is missed together with whatever else is wrong', () => {
    const problems = problemsOf({ NODE_ENV: 'production', PORT: 'x' });
    assert.deepEqual(
      problems.map((problem) => problem.split(' ')[0]),
      ['PORT', 'No'],
    );
  });

  test('takes the keys of requests where it is forced', () => {
    const { sandbox, credentials } = readConfig({ SANDBOX: '1', CREDENTIALS: 'request' });
    assert.deepEqual({ sandbox, credentials }, { sandbox: true, credentials: 'request' });
  });
});

describe('Datadog', () => {
  test('every site has its API', () => {
    assert.equal(SITES.length, 9);
    for (const site of SITES) assert.equal(datadogUrl({ DD_SITE: site }), `https://api.${site}/`);
    assert.equal(datadogUrl({}), 'https://api.datadoghq.com/');
  });

  test('console hosts are taken for their sites', () => {
    assert.equal(datadogUrl({ DD_SITE: 'app.datadoghq.com' }), 'https://api.datadoghq.com/');
    assert.equal(datadogUrl({ DD_SITE: ' App.DatadogHQ.eu ' }), 'https://api.datadoghq.eu/');
  });

  test('a base URL wins over the site, which must be right all the same', () => {
    const environment = { DATADOG_API_URL: 'https://proxy.example/dd', DD_SITE: 'datadoghq.eu' };
    assert.equal(datadogUrl(environment), 'https://proxy.example/dd/');
    assert.deepEqual(problemsOf({ ...environment, DD_SITE: 'evil.example' }), [
      `DD_SITE must be one of ${SITES.join(', ')}.`,
    ]);
  });

  test('one key without the other is an error', () => {
    assert.match(problemsOf({ DD_API_KEY: 'a' })[0] ?? '', /^DD_APP_KEY must be set too/);
    assert.match(
      problemsOf({ DD_APP_KEY: 'a', HEYGEN_API_KEY: 'b' })[0] ?? '',
      /^DD_API_KEY must be set too/,
    );
  });
});

for (const { keys, urlVariable } of fixtures) {
  test(`${urlVariable} is https, or http to loopback`, () => {
    for (const url of [
      'https://proxy.example',
      'http://localhost:1/x',
      'http://127.0.0.2:1',
      'http://[::1]:1',
    ]) {
      assert.deepEqual(problemsOf({ ...keys, [urlVariable]: url }), [], url);
    }
    for (const url of [
      'http://proxy.example',
      'ftp://127.0.0.1',
      'proxy.example',
      'https://user:pw@proxy.example',
      'https://proxy.example/?a=b',
      'http://127.0.0.1.evil.example',
      'file:///etc/passwd',
      'https://proxy.example/#x',
    ]) {
      const [problem, ...others] = problemsOf({ ...keys, [urlVariable]: url });
      assert.ok(problem?.startsWith(`${urlVariable} must be an https URL`), url);
      assert.deepEqual(others, []);
    }
  });
}

test('every bad variable is named at once, and no value', () => {
  const environment = {
    PORT: '70000',
    CREDENTIALS: 'secret-looking-value',
    SANDBOX: 'yes',
    GRAPHIQL: 'maybe',
    DD_SITE: 'secret-site',
    DD_API_KEY: 'secret key with blanks',
    DATADOG_API_URL: 'http://secret.example',
    HEYGEN_API_KEY: 'secret-é',
    HEYGEN_API_VERSION: 'v2',
  };
  const problems = problemsOf(environment);
  assert.deepEqual(problems.map((problem) => problem.split(' ')[0]).sort(), [
    'CREDENTIALS',
    'DATADOG_API_URL',
    'DD_API_KEY',
    'DD_APP_KEY',
    'DD_SITE',
    'GRAPHIQL',
    'HEYGEN_API_KEY',
    'HEYGEN_API_VERSION',
    'PORT',
    'SANDBOX',
  ]);
  assert.doesNotMatch(problems.join('\n'), /secret|70000/);
});

describe('keys print as [redacted], however they are printed', () => {
  for (const { provider, keys } of fixtures) {
    test(`those of ${provider.title}`, () => {
      const config = readConfig(keys);
      const credentials = config.providers.find((each) => each.provider === provider)?.settings
        .value.credentials;
      const printed = [
        inspect(config, { depth: 20, showHidden: true }),
        JSON.stringify(config.providers.map(({ settings }) => settings)),
        inspect(new Error('x', { cause: credentials })),
        ...secretsOf(credentials).map((secret) => `${secret}`),
      ];
      assert.doesNotMatch(printed.join('\n'), new RegExp(KEY_MARK));
      for (const text of printed) assert.match(text, /\[redacted\]/);
    });
  }
});

/** The secrets in credentials, which are a secret or an object with secrets. */
function secretsOf(credentials: unknown): readonly Secret[] {
  const values = credentials instanceof Secret ? [credentials] : Object.values(Object(credentials));
  const secrets = values.filter((value) => value instanceof Secret);
  assert.ok(secrets.length > 0);
  return secrets;
}
