import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, type Environment } from '../src/config/index.ts';
import { startIssuer } from './support/issuer.ts';
import {
  createDirectory,
  createRolecallWithFiles,
  readConfigWithFiles,
} from './support/key-files.ts';
import { findLine } from './support/log.ts';
import { startProcess } from './support/process.ts';
import { ofAll } from './support/providers.ts';
import { asCallers, entryOf, startBroker, startVendors } from './support/stored-credentials.ts';

const JWT = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'rolecall' };
const URL = { CREDENTIALS_URL: 'https://broker.example/' };
const CALLER = { CREDENTIALS: 'caller', ...JWT };

async function problemsOf(environment: Environment): Promise<readonly string[]> {
  try {
    await readConfigWithFiles(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

describe('CREDENTIALS=caller', () => {
  // Replaced by the path of a file with no people.
  const file = { CREDENTIALS_FILE: 'here' };

  for (const [what, environment, ...problems] of [
    ['with a file', { ...CALLER, ...file }],
    ['with a URL', { ...CALLER, ...URL }],
    [
      'with a URL, a token and a time',
      { ...CALLER, ...URL, CREDENTIALS_URL_TOKEN: 'a', CREDENTIALS_TTL_SECONDS: '0' },
    ],
    ['with a URL of loopback', { ...CALLER, CREDENTIALS_URL: 'http://127.0.0.1:1/a?b=c' }],
    ['on every address', { ...CALLER, ...URL, HOST: '0.0.0.0' }],
    ['in production', { ...CALLER, ...URL, NODE_ENV: 'production' }],
    [
      'without JWT',
      { CREDENTIALS: 'caller', ...URL },
      'JWT_ISSUER must be set, with JWT_AUDIENCE, while CREDENTIALS is caller: the caller is the person in the token.',
    ],
    [
      'with plain tokens',
      { ...CALLER, ...URL, CLIENT_TOKENS: 'fictional' },
      'CLIENT_TOKENS must not be set while CREDENTIALS is caller: such a token names no person.',
    ],
    [
      'with neither a file nor a URL',
      CALLER,
      'CREDENTIALS_FILE or CREDENTIALS_URL must be set while CREDENTIALS is caller: callers’ keys come from there.',
    ],
    [
      'with a file and a URL',
      { ...CALLER, ...file, ...URL },
      'CREDENTIALS_FILE must not be set together with CREDENTIALS_URL.',
    ],
    [
      'with a token but no URL',
      { ...CALLER, ...file, CREDENTIALS_URL_TOKEN: 'a' },
      'CREDENTIALS_URL must be set too if CREDENTIALS_URL_TOKEN is set.',
    ],
    [
      'with VIEWER=caller',
      { ...CALLER, ...URL, VIEWER: 'caller' },
      'CREDENTIALS must be server while VIEWER is caller: people are looked up with the server’s keys.',
    ],
    [
      'with VIEWER=caller and plain tokens',
      { ...CALLER, ...URL, VIEWER: 'caller', CLIENT_TOKENS: 'fictional' },
      'CREDENTIALS must be server while VIEWER is caller: people are looked up with the server’s keys.',
      'CLIENT_TOKENS must not be set while VIEWER is caller: such a token names no person.',
    ],
    [
      'with the sandbox',
      { ...CALLER, ...URL, SANDBOX: '1' },
      'SANDBOX must not be 1 with CREDENTIALS=caller: the sandbox takes no stored keys.',
    ],
    [
      'with a relative path',
      { ...CALLER, CREDENTIALS_FILE: 'MARKEDKEY' },
      'CREDENTIALS_FILE must be an absolute path.',
    ],
    [
      'with a URL of plain http',
      { ...CALLER, CREDENTIALS_URL: 'http://broker.example/' },
      'CREDENTIALS_URL must be an https URL (or http to loopback) without user name, password or fragment.',
    ],
    [
      'with a time that is too long',
      { ...CALLER, ...URL, CREDENTIALS_TTL_SECONDS: '86401' },
      'CREDENTIALS_TTL_SECONDS must be a whole number from 0 to 86400.',
    ],
    [
      'with an invalid port, which alone is reported',
      { ...CALLER, ...file, PORT: 'a' },
      'PORT must be a whole number from 0 to 65535.',
    ],
    [
      'with e-mail addresses as subjects',
      { ...CALLER, ...file, JWT_SUBJECT_CLAIM: 'email' },
      'JWT_SUBJECT_CLAIM must not be JWT_EMAIL_CLAIM while CREDENTIALS is caller: callers may be able to choose an address that is not theirs.',
    ],
    [
      'with an invalid key of a provider, which alone is reported',
      { ...CALLER, ...file, DD_API_KEY: 'a b', DD_APP_KEY: 'b' },
      'DD_API_KEY must be a key: up to 256 printable ASCII characters without spaces.',
    ],
  ] as const) {
    test(`${problems.length === 0 ? 'is taken' : 'is refused'} ${what}`, async () => {
      using directory = createDirectory();
      const hasFile = 'CREDENTIALS_FILE' in environment && environment.CREDENTIALS_FILE === 'here';
      const path = hasFile && { CREDENTIALS_FILE: directory.write('entries', '{}') };
      assert.deepEqual(await problemsOf({ ...environment, ...path }), problems);
    });
  }
});

for (const credentials of ['server', 'request']) {
  for (const [name, value] of [
    ['CREDENTIALS_URL', 'https://broker.example/'],
    ['CREDENTIALS_FILE', '{}'],
  ] as const) {
    test(`${name} is refused with CREDENTIALS=${credentials}, where it would do nothing`, async () => {
      using directory = createDirectory();
      const set = {
        [name]: name === 'CREDENTIALS_FILE' ? directory.write('entries', value) : value,
      };
      assert.deepEqual(await problemsOf({ CREDENTIALS: credentials, ...JWT, ...set }), [
        `CREDENTIALS must be caller while ${name} is set.`,
      ]);
    });
  }
}

test('neither the sandbox nor server keys take the place of callers’ own', async () => {
  const config = await readConfigWithFiles({ ...CALLER, ...URL, ...ofAll('keys') });
  assert.deepEqual([config.sandbox, config.isOpen], [false, false]);
  assert.equal((await readConfigWithFiles({ ...CALLER, ...URL })).sandbox, false);
});

test('misspelt variables are warned of', async () => {
  const { warnings } = await readConfigWithFiles({
    CREDENTIAL_FILE: '/fictional',
    CREDENTIALS_URLTOKEN: 'a',
    CREDENTIALS_TTL_SECOND: '1',
  });
  assert.deepEqual(
    warnings.map((text) => /Did you mean (\w+)\?$/.exec(text)?.[1]),
    ['CREDENTIALS_FILE', 'CREDENTIALS_URL_TOKEN', 'CREDENTIALS_TTL_SECONDS'],
  );
});

test('no token, key or entry is printed with the configuration', async () => {
  using directory = createDirectory();
  const file = directory.write('entries', JSON.stringify({ ada: entryOf('ada') }));
  const config = await readConfigWithFiles({ ...CALLER, CREDENTIALS_FILE: file });
  assert.doesNotMatch(inspect(config, { depth: 20 }), /MARKEDKEY/);
});

test('the token of CREDENTIALS_URL may be in a file, and is rotated', async () => {
  await using issuer = await startIssuer();
  await using vendors = await startVendors();
  await using broker = await startBroker({ ada: entryOf('ada') });
  using rolecall = await createRolecallWithFiles(
    { CREDENTIALS_URL_TOKEN: 'old-token\n' },
    {
      ...issuer.environment,
      ...vendors.environment,
      ...broker.environment,
      CREDENTIALS_TTL_SECONDS: '0',
    },
  );
  const ask = asCallers(rolecall, issuer);
  await ask('ada');
  await rolecall.rotate({ CREDENTIALS_URL_TOKEN: 'new-token' });
  await ask('ada');
  assert.deepEqual(
    broker.seen.map(({ headers }) => headers.authorization),
    ['Bearer old-token', 'Bearer new-token'],
  );
  assert.doesNotMatch(rolecall.log(), /(old|new)-token/);
});

test('at startup the log says whose credentials are used, and who is shown', async () => {
  await using rolecall = startProcess({
    ...CALLER,
    JWT_ISSUER: 'http://127.0.0.1:9',
    CREDENTIALS_URL: 'http://127.0.0.1:9/broker',
    DD_SITE: 'datadoghq.eu',
  });
  await rolecall.listening();
  await findLine(rolecall, ({ msg }) => msg.startsWith('Shows: '));
  const log = rolecall.stdout();
  assert.ok(
    log.includes(
      'Providers: Datadog at https://api.datadoghq.eu/ or the site that comes with the keys, HeyGen at https://api.heygen.com/, with the stored credentials of the person in the token',
    ),
    log,
  );
  assert.ok(log.includes('Shows: the owner of the stored credentials of the person in the token'));
});
