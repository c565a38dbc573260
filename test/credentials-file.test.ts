import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ConfigError } from '../src/config/index.ts';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { createDirectory, readConfigWithFiles } from './support/key-files.ts';
import { findLine } from './support/log.ts';
import { startProcess } from './support/process.ts';
import { dataOf } from './support/rolecall.ts';
import {
  createRolecallWithEntries,
  DATADOG_QUERY,
  entryOf,
  startVendors,
} from './support/stored-credentials.ts';

const ENVIRONMENT = {
  JWT_ISSUER: 'https://issuer.example',
  JWT_AUDIENCE: 'rolecall',
  CREDENTIALS: 'caller',
};
const KEY = 'must be a key: up to 256 printable ASCII characters without spaces';
const { datadog, heygen } = entryOf('ada');

let issuer: Issuer;
before(async () => {
  issuer = await startIssuer();
});
after(() => issuer[Symbol.asyncDispose]());

/** The problems of a file with this text, each without its beginning, which names the file. */
async function problemsOf(text: string): Promise<readonly string[]> {
  using directory = createDirectory();
  const file = directory.write('entries', text);
  try {
    await readConfigWithFiles({ ...ENVIRONMENT, CREDENTIALS_FILE: file });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /MARKEDKEY/);
    return error.problems.map((problem) => problem.replace(`CREDENTIALS_FILE: in ${file}, `, ''));
  }
  return [];
}

describe('a mistake in CREDENTIALS_FILE is reported with its path and without any value:', () => {
  for (const [what, entries, ...problems] of [
    [
      'a key that is missing',
      { ada: { datadog: { apiKey: 'MARKEDKEY' } } },
      `ada.datadog.appKey ${KEY}.`,
    ],
    [
      'a key with a blank',
      { ada: { heygen: { apiKey: 'MARKEDKEY 1' } } },
      `ada.heygen.apiKey ${KEY}.`,
    ],
    ['a key that is a number', { ada: { heygen: { apiKey: 7 } } }, `ada.heygen.apiKey ${KEY}.`],
    ['a key that is empty', { ada: { heygen: { apiKey: '' } } }, `ada.heygen.apiKey ${KEY}.`],
    [
      'an unknown site',
      { ada: { datadog: { ...datadog, site: 'MARKEDKEY.example' } } },
      'ada.datadog.site must be one of datadoghq.com, us3.datadoghq.com, us5.datadoghq.com, datadoghq.eu, ap1.datadoghq.com, ap2.datadoghq.com, uk1.datadoghq.com, ddog-gov.com, us2.ddog-gov.com.',
    ],
    [
      'an unknown member of a provider’s part',
      { ada: { datadog: { ...datadog, MARKEDKEY: 'MARKEDKEY' } } },
      'ada.datadog must have no members other than apiKey, appKey, site.',
    ],
    [
      'an unknown provider',
      { ada: { hegyen: heygen } },
      'ada must have no members other than datadog, heygen.',
    ],
    [
      'a part that is no object',
      { ada: { datadog: 'MARKEDKEY' } },
      'ada.datadog must be an object.',
    ],
    ['an entry that is no object', { ada: ['MARKEDKEY'] }, 'ada must be an object.'],
    ['an entry that is null', { ada: null }, 'ada must be an object.'],
    [
      'mistakes in several entries',
      { 'auth0|7': { heygen: {} }, bob: entryOf('bob'), 'c"d': 7 },
      `"auth0|7".heygen.apiKey ${KEY}.`,
      '"c\\"d" must be an object.',
    ],
  ] as const) {
    test(what, async () => assert.deepEqual(await problemsOf(JSON.stringify(entries)), problems));
  }

  for (const [what, text, problem] of [
    ['no JSON', `{ "MARKEDKEY": `, 'must be JSON'],
    ['a list', '["MARKEDKEY"]', 'must be an object'],
    ['null', 'null', 'must be an object'],
    [
      'a subject twice',
      '{ "ada": {}, "ada": { "heygen": { "apiKey": "MARKEDKEY" } } }',
      'must have no object with two members of the same name',
    ],
    [
      'a key twice',
      '{ "ada": { "heygen": { "apiKey": "MARKEDKEY", "apiKey": "x:y" } } }',
      'must have no object with two members of the same name',
    ],
  ] as const) {
    test(what, async () => {
      const [found = '', ...more] = await problemsOf(text);
      assert.match(
        found,
        new RegExp(`^CREDENTIALS_FILE: the content of .*/entries ${problem}\\.$`),
      );
      assert.deepEqual(more, []);
    });
  }

  test('more than 20 mistakes, of which the rest are counted', async () => {
    const entries = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`p${i}`, null]));
    const problems = await problemsOf(JSON.stringify(entries));
    assert.equal(problems.length, 21);
    assert.equal(problems[19], 'p19 must be an object.');
    assert.equal(problems[20], '5 more problems like these.');
  });
});

test('CREDENTIALS_FILE may have no people, names with colons and escapes, and sites as the console has them', async () => {
  for (const entries of [
    {},
    { 'a:b\\"': { heygen: { apiKey: 'x:y"' } } },
    { ada: { datadog: { ...datadog, site: 'app.datadoghq.eu' } } },
  ]) {
    assert.deepEqual(await problemsOf(JSON.stringify(entries)), []);
  }
});

test('an entry’s site is DD_SITE’s if it names none, and DATADOG_API_URL’s in any case', async () => {
  using directory = createDirectory();
  const entries = { ada: { datadog }, bob: { datadog: { ...datadog, site: 'us5.datadoghq.com' } } };
  const environment = {
    ...ENVIRONMENT,
    CREDENTIALS_FILE: directory.write('entries', JSON.stringify(entries)),
  };
  const urlsOf = async (more: object) => {
    const { callerCredentials } = await readConfigWithFiles({ ...environment, ...more });
    return [...callerCredentials.entries.value.values()].map(
      (entry) => (entry['datadog'] as { baseUrl: URL }).baseUrl.href,
    );
  };
  const us5 = 'https://api.us5.datadoghq.com/';
  assert.deepEqual(await urlsOf({}), ['https://api.datadoghq.com/', us5]);
  assert.deepEqual(await urlsOf({ DD_SITE: 'datadoghq.eu' }), ['https://api.datadoghq.eu/', us5]);
  const own = 'https://datadog.example/';
  assert.deepEqual(await urlsOf({ DATADOG_API_URL: own }), [own, own]);
});

test('a file of credentials that every user may read is warned of', async () => {
  using directory = createDirectory();
  const file = directory.write('entries', '{}', 0o644);
  const { warnings } = await readConfigWithFiles({ ...ENVIRONMENT, CREDENTIALS_FILE: file });
  assert.match(
    warnings.join(),
    /^CREDENTIALS_FILE: every user of this machine may read .*entries\./,
  );
});

test('a new file of credentials is warned of too, once, and so is a new mode', async () => {
  await using vendors = await startVendors();
  using rolecall = await createRolecallWithEntries(issuer, vendors, { ada: entryOf('ada') });
  const file = join(rolecall.directory.path, 'CREDENTIALS');
  const warnings = () =>
    (rolecall.log().match(/every user of this machine may read/g) ?? []).length;
  for (const [mode, count] of [
    [0o640, 0],
    [0o644, 1],
    [0o644, 1],
    [0o600, 1],
    [0o604, 2],
  ] as const) {
    chmodSync(file, mode);
    await rolecall.rotate({});
    assert.equal(warnings(), count);
  }
  assert.deepEqual(rolecall.rotations(), []);
});

test('a name in a problem is cut', async () => {
  const [problem = ''] = await problemsOf(JSON.stringify({ ['p'.repeat(101)]: 7 }));
  assert.equal(problem, `"${'p'.repeat(100)}…" must be an object.`);
});

test('a file of more than 4 MiB is refused', async () => {
  assert.match(
    (await problemsOf('x'.repeat(4 * 1024 ** 2 + 1))).join(),
    /has more than 4194304 bytes\.$/,
  );
});

describe('a new CREDENTIALS_FILE', () => {
  const versions = (version: number) =>
    JSON.stringify({ ada: entryOf('ada', version), bob: entryOf('bob', version) });

  test('is taken 50 times under load, and no request fails or has another person’s keys', async () => {
    await using vendors = await startVendors();
    using rolecall = await createRolecallWithEntries(issuer, vendors, JSON.parse(versions(0)));
    const running: Promise<void>[] = [];
    const check = async (subject: string, names: readonly string[]) => {
      const { viewer } = dataOf(await rolecall.ask(subject, DATADOG_QUERY));
      assert.ok(names.includes(viewer.datadog.name), `${subject}: ${viewer.datadog.name}`);
    };
    for (let version = 1; version <= 50; version += 1) {
      for (const subject of ['ada', 'bob']) {
        running.push(check(subject, [`${subject} ${version - 1}`, `${subject} ${version}`]));
      }
      await rolecall.rotate({ CREDENTIALS: versions(version) });
      await Promise.all(running);
      await check('ada', [`ada ${version}`]);
      await check('bob', [`bob ${version}`]);
    }
    assert.deepEqual(
      rolecall.rotations().map(({ variables, msg }) => [variables, msg]),
      Array(50).fill([['CREDENTIALS_FILE'], 'keys rotated: new requests use them']),
    );
  });

  test('that is bad is refused whole, which the log says, and the old one stays', async () => {
    await using vendors = await startVendors();
    using rolecall = await createRolecallWithEntries(issuer, vendors, JSON.parse(versions(0)));
    const bad = { ada: entryOf('ada', 1), bob: { heygen: { apiKey: 'MARKEDKEY with blanks' } } };
    for (const text of [JSON.stringify(bad), '{ "ada": {', '']) {
      await rolecall.rotate({ CREDENTIALS: text });
      assert.equal(dataOf(await rolecall.ask('ada', DATADOG_QUERY)).viewer.datadog.name, 'ada 0');
    }
    const [first, ...more] = rolecall.rotations();
    assert.equal(first.level, 40);
    assert.equal(first.msg, 'keys not rotated: the old ones stay in use');
    const file = join(rolecall.directory.path, 'CREDENTIALS');
    assert.deepEqual(first.problems, [`CREDENTIALS_FILE: in ${file}, bob.heygen.apiKey ${KEY}.`]);
    assert.equal(more.length, 2);
    assert.doesNotMatch(rolecall.log(), /MARKEDKEY/);
    await rolecall.rotate({ CREDENTIALS: versions(2) });
    assert.equal(dataOf(await rolecall.ask('ada', DATADOG_QUERY)).viewer.datadog.name, 'ada 2');
  });

  test('without a person leaves that person without a provider', async () => {
    await using vendors = await startVendors();
    using rolecall = await createRolecallWithEntries(issuer, vendors, JSON.parse(versions(0)));
    await rolecall.rotate({ CREDENTIALS: JSON.stringify({ bob: entryOf('bob') }) });
    const { viewer } = dataOf(await rolecall.ask('ada'));
    assert.deepEqual([viewer.providers, viewer.datadog], [[], null]);
  });

  test('is taken by a process where Kubernetes swaps a link further up the path', async () => {
    await using vendors = await startVendors();
    using directory = createDirectory();
    const at = (name: string) => join(directory.path, name);
    for (const version of [1, 2]) {
      mkdirSync(at(`..${version}`));
      directory.write(join(`..${version}`, 'entries'), versions(version));
    }
    symlinkSync('..1', at('..data'));
    symlinkSync('..data/entries', at('entries'));
    await using rolecall = startProcess({
      ...ENVIRONMENT,
      ...issuer.environment,
      ...vendors.environment,
      CREDENTIALS_FILE: at('entries'),
    });
    const url = `${await rolecall.listening()}?query=${encodeURIComponent(DATADOG_QUERY)}`;
    const nameOf = async (sub: string) => {
      const headers = {
        authorization: `Bearer ${issuer.sign({ sub })}`,
        accept: 'application/graphql-response+json',
      };
      return (await (await fetch(url, { headers })).json()).data.viewer.datadog.name;
    };
    assert.equal(await nameOf('ada'), 'ada 1');
    symlinkSync('..2', at('..new'));
    renameSync(at('..new'), at('..data'));
    await findLine(rolecall, ({ msg }) => /^keys rotated/.test(msg));
    assert.equal(await nameOf('ada'), 'ada 2');
    assert.doesNotMatch(rolecall.stdout(), /MARKEDKEY/);
  });
});

test('a bad CREDENTIALS_FILE at startup: exit code 2, and every problem', async () => {
  using directory = createDirectory();
  const file = directory.write('entries', JSON.stringify({ ada: { heygen: { apiKey: '' } } }));
  await using rolecall = startProcess({ ...ENVIRONMENT, CREDENTIALS_FILE: file });
  const { code, stderr } = await rolecall.exited;
  assert.equal(code, 2);
  assert.ok(
    stderr.includes(`  - CREDENTIALS_FILE: in ${file}, ada.heygen.apiKey ${KEY}.\n`),
    stderr,
  );
});
