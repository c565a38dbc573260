import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ConfigError, type Environment } from '../src/config/index.ts';
import { readConfig } from './support/config.ts';
import { linesOf } from './support/log.ts';
import { startProcess } from './support/process.ts';

const warningsOf = (environment: Environment) => readConfig(environment).warnings;

/** Datadog's settings; its variables were renamed. */
const datadogOf = (environment: Environment) =>
  readConfig(environment).providers[0]?.settings.value;

describe('a former name of a variable', () => {
  test('still works, and is warned of with the current name', () => {
    const former = { EXPAND: 'rest', EXPANSION_LIMIT: '7' };
    const current = { DD_EXPAND: 'rest', DD_EXPANSION_LIMIT: '7' };
    assert.deepEqual(datadogOf(former), datadogOf(current));
    assert.deepEqual({ ...datadogOf({}), expand: 'rest', expansionLimit: 7 }, datadogOf(former));
    assert.deepEqual(warningsOf(former), [
      'EXPAND is now called DD_EXPAND. Rename it: the former name will stop working.',
      'EXPANSION_LIMIT is now called DD_EXPANSION_LIMIT. Rename it: the former name will stop working.',
    ]);
    assert.deepEqual(warningsOf(current), []);
  });

  test('with an invalid value is reported with the current name, and the warning', () => {
    assert.throws(
      () => readConfig({ EXPAND: 'all' }),
      (error: ConfigError) => {
        assert.deepEqual(error.problems, ['DD_EXPAND must be included or rest.']);
        assert.match(error.message, /^EXPAND is now called DD_EXPAND\./m);
        return true;
      },
    );
  });

  test('is ignored where the current one is set too, whatever its value', () => {
    const both = { DD_EXPANSION_LIMIT: '7', EXPANSION_LIMIT: 'nonsense' };
    assert.deepEqual(datadogOf(both), datadogOf({ DD_EXPANSION_LIMIT: '7' }));
    assert.deepEqual(warningsOf(both), [
      'EXPANSION_LIMIT is the former name of DD_EXPANSION_LIMIT, and is ignored because both are set. Unset EXPANSION_LIMIT.',
    ]);
  });

  test('works where the current one is empty, which counts as unset', () => {
    const environment = { DD_EXPAND: ' ', EXPAND: 'rest' };
    assert.deepEqual(datadogOf(environment), datadogOf({ DD_EXPAND: 'rest' }));
  });
});

describe('a misspelt variable is warned of with the name that is meant', () => {
  for (const [name, meant] of [
    ['CREDENTALS', 'CREDENTIALS'],
    ['CLEINT_TOKENS', 'CLIENT_TOKENS'],
    ['RATE_LIMITS', 'RATE_LIMIT'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['DD_APPKEY', 'DD_APP_KEY'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['DDAPIKEY', 'DD_API_KEY'],
    ['log_level', 'LOG_LEVEL'],
    ['Client-Tokens', 'CLIENT_TOKENS'],
    ['JWT_ALGORITHM', 'JWT_ALGORITHMS'],
    // These have a prefix that no other program uses, so they need not resemble a variable.
    ['LIMIT_DEPHT', 'LIMIT_DEPTH'],
    ['LIMIT_BODY', 'LIMIT_BODY_BYTES'],
    ['UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT_MS'],
    ['BREAKER_RESET_SECONDS', 'BREAKER_RESET_MS'],
    ['HEYGEN_KEY', 'HEYGEN_API_KEY'],
    ['heygen_api_version', 'HEYGEN_API_VERSION'],
    ['DD_EXPANSION_LIMITS', 'DD_EXPANSION_LIMIT'],
  ] as const) {
    test(`${name}: ${meant}`, () => {
      assert.deepEqual(warningsOf({ [name]: 'a secret' }), [
        `${name} is not a variable of Rolecall and is ignored. Did you mean ${meant}?`,
      ]);
    });
  }

  test('unless only a former name is meant', () => {
    assert.deepEqual(warningsOf({ EXPANSION_LIMITS: '7' }), []);
  });

  test('unless it is empty, which counts as unset', () => {
    assert.deepEqual(warningsOf({ CREDENTALS: ' ' }), []);
  });

  test('also where something else keeps the server from starting', () => {
    const environment = { NODE_ENV: 'production', CREDENTALS: 'request' };
    assert.throws(
      () => readConfig(environment),
      (error) => error instanceof ConfigError && /Did you mean CREDENTIALS\?/.test(error.message),
    );
  });
});

describe('a variable of another program is not warned of', () => {
  for (const [program, names] of [
    [
      'a shell',
      'HOME HOSTNAME HOSTTYPE LOGNAME OLDPWD PATH PWD SHELL SHLVL TERM USER _ POST HOSTS',
    ],
    ['proxies', 'ALL_PROXY all_proxy FTP_PROXY ftp_proxy GOPROXY http_proxy no_proxy RSYNC_PROXY'],
    ['Datadog’s agents', 'DD_AGENT_HOST DD_ENV DD_HOSTNAME DD_LOG_LEVEL DD_SERVICE DD_TAGS DD_URL'],
    ['Datadog’s tracers', 'DD_TRACE_ENABLED DD_APM_ENABLED DD_VERSION DD_LOGS_INJECTION DD_APPSEC'],
    ['Kubernetes', 'UPSTREAM_SERVICE_HOST UPSTREAM_SERVICE_PORT_HTTP LIMIT_PORT_80_TCP_ADDR'],
    ['Kubernetes, for a service of that name', 'UPSTREAM_PORT KUBERNETES_SERVICE_HOST'],
    ['systemd', 'CREDENTIALS_DIRECTORY INVOCATION_ID JOURNAL_STREAM LISTEN_FDS NOTIFY_SOCKET'],
    ['Node and npm', 'NODE_ENV NODE_OPTIONS npm_config_noproxy npm_config_proxy npm_package_name'],
    ['continuous integration', 'CI GITHUB_ACTIONS GITHUB_TOKEN RUNNER_OS GITLAB_CI BUILD_NUMBER'],
  ] as const) {
    test(`${program}: ${names}`, () => {
      const environment = Object.fromEntries(names.split(' ').map((name) => [name, 'x']));
      const proxies = { http_proxy: 'http://proxy.example', NODE_ENV: 'test' };
      assert.deepEqual(warningsOf({ ...environment, ...proxies }), []);
    });
  }
});

test('no variable of .env.example is warned of', () => {
  const names = readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm);
  const example = Object.fromEntries([...names].map(([, name = '', value]) => [name, value]));
  assert.ok(Object.keys(example).length > 50);
  assert.deepEqual(warningsOf(example), []);
});

test('the log of a start has the warnings, without a value', async () => {
  const environment = { EXPAND: 'rest', CREDENTALS: 'secret-looking-value' };
  await using rolecall = startProcess(environment);
  await rolecall.listening();
  const warnings = linesOf(rolecall.stdout()).filter(({ level }) => level === 40);
  assert.deepEqual(
    warnings.map(({ msg }) => String(msg).split(' ')[0]),
    ['EXPAND', 'CREDENTALS', 'SANDBOX:'],
  );
  assert.doesNotMatch(rolecall.stdout(), /secret/);
});
