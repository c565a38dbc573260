import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, type Environment } from '../src/config/index.ts';
import { TIMEOUTS } from '../src/process/http/server.ts';
import { readConfig } from './support/config.ts';

/** The whole configuration in this environment, as text. */
const print = (environment: Environment) => inspect(readConfig(environment), { depth: 20 });

/** The message of this environment's error, if there is one. */
function problemOf(environment: Environment): string | undefined {
  try {
    readConfig(environment);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split('\n')[1];
  }
}

/** The variables in the README's table that have a default. */
function documentedDefaults(): readonly (readonly [string, string])[] {
  const codesIn = (cell = '') => [...cell.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code);
  return readFileSync('README.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| `[A-Z]+(_[A-Z]+)*`[^|]*\| `/.test(line))
    .flatMap((line) => {
      const [, names, defaults] = line.split('|');
      return codesIn(names).map((name, index) => [name, codesIn(defaults)[index] ?? ''] as const);
    });
}

describe('what the README says of a variable’s default is what happens without it', () => {
  const documented = documentedDefaults();

  test('for each variable that has one', () => assert.ok(documented.length > 30));

  for (const [name, value] of documented) {
    test(name, () => assert.equal(print({ [name]: value }), print({})));
  }
});

describe('what docs/ says of a default in brackets is what happens without it', () => {
  const documented = readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => [
      ...readFileSync(`docs/${file}`, 'utf8').matchAll(/`([A-Z][A-Z_]+)` \(([\d.]+)[;:)]/g),
    ])
    .map(([, name = '', value = '']) => [name, value] as const);

  test('for each variable that has one', () => assert.ok(documented.length > 20));

  for (const [name, value] of documented) {
    test(name, () => {
      assert.equal(print({ [name]: value }), print({}));
      assert.notEqual(print({ [name]: '1' }), print({}));
    });
  }
});

test('what docs/security.md says of slow senders is what the port does', () => {
  const [, headers, request] =
    /headers within (\d+) s and a request within (\d+) s/.exec(
      readFileSync('docs/security.md', 'utf8'),
    ) ?? [];
  assert.equal(TIMEOUTS.headersMs, Number(headers) * 1_000);
  assert.equal(TIMEOUTS.requestMs, Number(request) * 1_000);
});

describe('a number is taken within its bounds, and changes what it is the number of', () => {
  for (const [name, min, max] of [
    ['PORT', 0, 65_535],
    ['DD_EXPANSION_LIMIT', 0, 10_000],
    ['LIMIT_BODY_BYTES', 1, 104_857_600],
    ['LIMIT_SUBGRAPH_BODY_BYTES', 1, 104_857_600],
    ['LIMIT_TOKENS', 1, 1_000_000],
    ['LIMIT_SELECTIONS', 1, 1_000_000],
    ['LIMIT_DEPTH', 1, 1_000],
    ['LIMIT_ALIASES', 0, 100_000],
    ['LIMIT_ROOT_FIELDS', 1, 100_000],
    ['LIMIT_DIRECTIVES', 0, 100_000],
    ['LIMIT_LIST_ITEMS', 0, 1_000_000],
    ['LIMIT_BATCH', 0, 1_000],
    ['LIMIT_NODES', 1, 100_000_000],
    ['RATE_LIMIT', 0, 10_000_000],
    ['SHUTDOWN_TIMEOUT_MS', 0, 600_000],
    ['UPSTREAM_DEADLINE_MS', 1, 600_000],
    ['UPSTREAM_TIMEOUT_MS', 1, 600_000],
    ['UPSTREAM_RETRIES', 0, 10],
    ['UPSTREAM_CONCURRENCY', 1, 10_000],
    ['UPSTREAM_QUEUE', 0, 100_000],
    ['UPSTREAM_MAX_BYTES', 1, 1_073_741_824],
    ['BREAKER_FAILURES', 1, 1_000_000],
    ['BREAKER_RESET_MS', 1, 3_600_000],
    ['DOCUMENT_MEMORY_MB', 0, 100_000],
  ] as const) {
    test(`${name}: ${min} to ${max}`, () => {
      const problem = `  - ${name} must be a whole number from ${min} to ${max}.`;
      for (const refused of [min - 1, max + 1, `${min}.5`, `${max}x`]) {
        assert.equal(problemOf({ [name]: String(refused) }), problem, String(refused));
      }
      assert.notEqual(print({ [name]: String(min) }), print({ [name]: String(max) }));
    });
  }
});

describe('a value that cannot be read is reported with the name of its variable', () => {
  for (const [name, values] of [
    ['TRUST_PROXY', ['nonsense', '10.0.0.0/64', 'loopback,', '1.2.3']],
    ['CLIENT_TOKENS', ['a b', 'a,', 'é']],
    ['CORS_ORIGINS', ['*', 'app.example', 'https://app.example/', 'https://app.example,']],
    ['UPSTREAM_RETRY_RATIO', ['1.1', '-0.1', '.5', '0.5x', '10']],
    ['HTTPS_PROXY', ['proxy.example', 'ftp://proxy.example']],
    ['HTTP_PROXY', ['proxy.example', 'ftp://proxy.example']],
    ['LOG_LEVEL', ['loud', 'infos']],
    ['INTROSPECTION', ['yes']],
    ['SUBGRAPH', ['yes']],
    ['DD_EXPAND', ['all']],
  ] as const) {
    for (const value of values) {
      test(`${name}=${value}`, () => {
        assert.match(problemOf({ [name]: value }) ?? '', new RegExp(`^  - ${name} must be `));
      });
    }
  }
});

test('a proxy’s variable is taken in lower case rather than in upper case', () => {
  const { proxy } = readConfig({
    https_proxy: 'http://lower.example:1',
    HTTPS_PROXY: 'http://upper.example:1',
    HTTP_PROXY: 'http://upper.example:2',
    http_proxy: 'http://lower.example:2',
    no_proxy: 'lower.example',
    NO_PROXY: 'upper.example',
  }).upstream;
  assert.deepEqual(proxy, {
    httpsProxy: 'http://lower.example:1',
    httpProxy: 'http://lower.example:2',
    noProxy: 'lower.example',
  });
});

test('a proxy’s variable is taken in upper case where there is none in lower case', () => {
  const { proxy } = readConfig({
    HTTPS_PROXY: 'http://upper.example:1',
    HTTP_PROXY: 'http://upper.example:2',
    NO_PROXY: 'upper.example',
  }).upstream;
  assert.deepEqual(proxy, {
    httpsProxy: 'http://upper.example:1',
    httpProxy: 'http://upper.example:2',
    noProxy: 'upper.example',
  });
});
