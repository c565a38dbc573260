import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readConfig } from '../src/config/index.ts';
import { announce } from '../src/process/startup-message.ts';
import { datadog } from '../src/providers/datadog/index.ts';
import { heygen } from '../src/providers/heygen/index.ts';
import { keepLog, linesOf } from './support/log.ts';
import { startProcess } from './support/process.ts';

const START = join(import.meta.dirname, '../src/start.mjs');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const KEYS = { DD_API_KEY: 'fictional-api-key', DD_APP_KEY: 'fictional-app-key' };
const HEYGEN = { HEYGEN_API_KEY: 'fictional-heygen-key' };
const LONG = 'fictional-token-of-32-characters';

/** The startup log in this environment: the level and message of each line. */
function announced(environment: Record<string, string>): string[] {
  const { logger, lines } = keepLog();
  announce(readConfig(environment, [datadog, heygen]), 4000, logger);
  return lines().map(({ level, msg }) => `${level} ${msg}`);
}

const ISSUER = { JWT_ISSUER: 'https://login.example/', JWT_AUDIENCE: 'https://rolecall.example' };

/** The rest of the line that starts with this. */
const lineOf = (lines: readonly string[], start: string) =>
  lines.find((line) => line.startsWith(`30 ${start}`))?.slice(3 + start.length);

describe('the log of a start', () => {
  test('says the version, the URL, the providers and the callers it lets in', () => {
    assert.deepEqual(announced({ ...KEYS, ...HEYGEN }), [
      `30 Rolecall serves http://127.0.0.1:4000/graphql (version ${version}; open it in a browser for GraphiQL)`,
      '30 Providers: Datadog at https://api.datadoghq.com/, HeyGen at https://api.heygen.com/',
      '30 Lets in: requests to localhost or a loopback address',
      '30 Shows: the owner of the server’s credentials, to every caller',
    ]);
  });

  for (const [environment, expected] of [
    [{ CREDENTIALS: 'request' }, 'the owner of the credentials in each request'],
    [{ ...KEYS, ...ISSUER, VIEWER: 'caller' }, 'each caller, as the person in the token'],
  ] as const) {
    test(`says that it shows ${expected}`, () => {
      assert.equal(lineOf(announced(environment), 'Shows: '), expected);
    });
  }

  test('names no provider that cannot look people up where VIEWER is caller', () => {
    const environment = { ...KEYS, ...HEYGEN, ...ISSUER, VIEWER: 'caller' };
    assert.equal(
      lineOf(announced(environment), 'Providers: '),
      'Datadog at https://api.datadoghq.com/',
    );
    const sandbox = { ...ISSUER, VIEWER: 'caller' };
    assert.equal(lineOf(announced(sandbox), 'Providers: '), 'Datadog (sandbox)');
  });

  for (const [name, environment, expected] of [
    ['a site', { ...KEYS, DD_SITE: 'datadoghq.eu' }, 'Datadog at https://api.datadoghq.eu/'],
    [
      'base URLs',
      { ...HEYGEN, HEYGEN_API_URL: 'https://proxy.example/heygen' },
      'HeyGen at https://proxy.example/heygen/',
    ],
    [
      'credentials of requests',
      { ...KEYS, CREDENTIALS: 'request', DD_SITE: 'datadoghq.eu' },
      'Datadog at https://api.datadoghq.eu/ or the site that DD-SITE names, HeyGen at https://api.heygen.com/, with the credentials in each request’s headers',
    ],
    [
      'credentials of requests and a base URL',
      { CREDENTIALS: 'request', DATADOG_API_URL: 'https://proxy.example' },
      'Datadog at https://proxy.example/, HeyGen at https://api.heygen.com/, with the credentials in each request’s headers',
    ],
    ['the sandbox', {}, 'Datadog, HeyGen (sandbox)'],
  ] as const) {
    test(`names the providers with ${name}`, () => {
      assert.equal(lineOf(announced(environment), 'Providers: '), expected);
    });
  }

  for (const [environment, expected] of [
    [{ ...KEYS, CLIENT_TOKENS: `${LONG},${LONG}2` }, 'callers with one of CLIENT_TOKENS (2)'],
    [
      {
        ...KEYS,
        CLIENT_TOKENS: LONG,
        ...ISSUER,
      },
      'callers with one of CLIENT_TOKENS (1) or a JWT of https://login.example/',
    ],
    [{ CREDENTIALS: 'request' }, 'everyone with vendor credentials'],
    [{}, 'everyone'],
    [{ CORS_ORIGINS: 'https://app.example' }, 'everyone, and pages of https://app.example'],
  ] as const) {
    test(`says that it lets in ${expected}`, () => {
      assert.equal(lineOf(announced(environment), 'Lets in: '), expected);
    });
  }

  test('with keys and SANDBOX=1 does not say to set keys', () => {
    const [warning] = announced({ ...KEYS, ...HEYGEN, SANDBOX: '1' });
    assert.match(warning ?? '', /^40 SANDBOX: .* fictional\. SANDBOX=1 .* unset it/);
    assert.doesNotMatch(warning ?? '', /DD_API_KEY/);
    const [forRequests] = announced({ CREDENTIALS: 'request', SANDBOX: '1' });
    assert.match(forRequests ?? '', /^40 SANDBOX: .* fictional\. SANDBOX=1 .* sandbox’s own keys/);
    const [without] = announced({});
    assert.match(without ?? '', /^40 SANDBOX: .* Set DD_API_KEY/);
  });

  test('with all addresses to listen on gives the URL of one', () => {
    for (const [HOST, host] of [
      ['0.0.0.0', '127.0.0.1'],
      ['0', '127.0.0.1'],
      ['::', '[::1]'],
      ['[::]', '[::1]'],
      ['0:0::0', '[::1]'],
    ] as const) {
      assert.equal(
        lineOf(announced({ HOST, GRAPHIQL: 'off', SANDBOX: '1' }), 'Rolecall serves '),
        `http://${host}:4000/graphql (version ${version}; on every address of this machine)`,
      );
    }
  });

  test('warns of tokens of less than 16 characters, without any of them', () => {
    const short = 'x'.repeat(15);
    const warned = announced({ ...HEYGEN, CLIENT_TOKENS: `${LONG},${short}` });
    const warnings = warned.filter((line) => line.startsWith('40 '));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /CLIENT_TOKENS is shorter than 16 characters/);
    assert.ok(!warned.join().includes(short));
    const quiet = announced({ ...HEYGEN, CLIENT_TOKENS: `${LONG},${'x'.repeat(16)}` });
    assert.ok(quiet.every((line) => line.startsWith('30 ')));
  });
});

for (const [HOST, signal] of [
  ['127.0.0.1', 'SIGTERM'],
  ['0.0.0.0', 'SIGINT'],
] as const) {
  test(`on ${HOST} the URL of the log opens, and the last lines name ${signal}`, async () => {
    await using rolecall = startProcess({ HOST });
    const health = new URL('/health', await rolecall.listening());
    assert.equal(await (await fetch(health)).text(), 'ok\n');
    rolecall.child.kill(signal);
    const { stdout } = await rolecall.exited;
    assert.deepEqual(
      linesOf(stdout)
        .slice(-2)
        .map(({ msg }) => msg),
      [
        `${signal}: Rolecall is shutting down and finishes the running requests`,
        'Rolecall has stopped',
      ],
    );
  });
}

for (const argument of ['--port=4001', 'marked-secret']) {
  test(`the argument ${argument} is refused: exit 2 and a line that says what to do`, async () => {
    const { exited } = startProcess({}, { command: [process.execPath, START, argument] });
    const { code, stdout, stderr } = await exited;
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^Rolecall does not know this command: .*--help.*\n$/);
    assert.ok(!stderr.includes(argument));
  });
}
