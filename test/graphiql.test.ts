import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createRolecall, type Rolecall } from './support/rolecall.ts';

const URL = 'http://rolecall.example/graphql';
const TOKEN = 'a-token-of-some-length';

function getPage(rolecall: Rolecall, headers: Record<string, string> = {}) {
  return rolecall.fetch(URL, { headers: { accept: 'text/html,*/*;q=0.8', ...headers } });
}

function getApp(rolecall: Rolecall, headers: Record<string, string> = {}) {
  return rolecall.fetch(`${URL}?graphiql=app`, { headers: { accept: '*/*', ...headers } });
}

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

describe('the page', () => {
  const rolecall = createRolecall({ SANDBOX: '1' });

  test('is light, fits phones, and loads nothing from elsewhere', async () => {
    const html = await (await getPage(rolecall)).text();
    assert.ok(html.length < 8_000, `${html.length} characters`);
    assert.match(html, /<title>Rolecall<\/title>/);
    assert.match(html, /<meta name="viewport" content="width=device-width, initial-scale=1">/);
    assert.doesNotMatch(html, /https?:/);
  });

  test('runs its own script and the app, and no other', async () => {
    const response = await getPage(rolecall);
    const [, loader = ''] = /<script>(.*)<\/script>/s.exec(await response.text()) ?? [];
    const app = await (await getApp(rolecall)).text();
    const allowed = {
      default: "'none'",
      script: `${sha256(loader)} ${sha256(app)}`,
      style: "'unsafe-inline'",
      worker: 'blob:',
      connect: "'self'",
      img: 'data:',
      font: 'data:',
    };
    const policy = [
      ...Object.entries(allowed).map(([kind, sources]) => `${kind}-src ${sources}`),
      ...['base-uri', 'form-action', 'frame-ancestors'].map((what) => `${what} 'none'`),
    ];
    assert.equal(response.headers.get('content-security-policy'), policy.join('; '));
  });

  test('says where the people are invented, and where the schema is hidden', async () => {
    const notesOf = async (environment: Record<string, string>) =>
      [
        ...(await (await getPage(createRolecall(environment))).text()).matchAll(
          /<p class="note" role="note">([^<]+)</g,
        ),
      ].map(([, note = '']) => note.split(':')[0]);
    const vendor = { HEYGEN_API_KEY: 'fictional-key' };
    assert.deepEqual(await notesOf(vendor), []);
    assert.deepEqual(await notesOf({}), ['Sandbox']);
    assert.deepEqual(await notesOf({ ...vendor, INTROSPECTION: 'off' }), [
      'Documentation and completion are off',
    ]);
    assert.equal((await notesOf({ INTROSPECTION: 'off' })).length, 2);
  });

  test('asks for a token only where one is needed', async () => {
    const hidden = /<form id="token-form" hidden>/;
    assert.match(await (await getPage(rolecall)).text(), hidden);
    const asking = await (await getPage(createRolecall({ CLIENT_TOKENS: TOKEN }))).text();
    assert.match(asking, /<form id="token-form">/);
    assert.doesNotMatch(asking, hidden);
    assert.doesNotMatch(asking, new RegExp(TOKEN));
  });
});

describe('the app', () => {
  const rolecall = createRolecall({});

  test('is served compressed, in an encoding that is accepted', async () => {
    const encodings = [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['gzip, br;q=0', 'gzip', gunzipSync],
      ['identity', null, (bytes: Buffer) => bytes],
    ] as const;
    const apps = new Set<string>();
    for (const [accepted, encoding, decode] of encodings) {
      const response = await getApp(rolecall, { 'accept-encoding': accepted });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-encoding'), encoding);
      assert.match(response.headers.get('content-type') ?? '', /^text\/javascript/);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (encoding !== null) assert.ok(bytes.length < 3_000_000, `${bytes.length} bytes`);
      apps.add(decode(bytes).toString('utf8'));
    }
    assert.equal(apps.size, 1);
  });

  test('holds the example operations', async () => {
    const app = await (await getApp(rolecall)).text();
    const files = readdirSync('schema/operations');
    assert.equal(files.length, 4);
    // The title in the welcome text of a new tab.
    assert.ok(app.includes('"title":"Rolecall"'));
    for (const file of files) {
      const query = readFileSync(`schema/operations/${file}`, 'utf8');
      assert.ok(app.includes(JSON.stringify({ query }).slice(1, -1)), file);
    }
  });

  test('is sent once: a browser that has it gets 304', async () => {
    const etag = (await getApp(rolecall)).headers.get('etag') ?? '';
    const response = await getApp(rolecall, { 'if-none-match': etag });
    assert.equal(response.status, 304);
    assert.equal(await response.text(), '');
  });

  test('is not there with GRAPHIQL=off', async () => {
    const response = await getApp(createRolecall({ GRAPHIQL: 'off' }));
    assert.equal(response.status, 403);
  });

  test('is served only to callers with a token, where one is needed', async () => {
    const guarded = createRolecall({ CLIENT_TOKENS: TOKEN });
    const authorization = `Bearer ${TOKEN}`;
    const admitted = await getApp(guarded, { authorization });
    assert.equal(admitted.status, 200);
    const etag = admitted.headers.get('etag') ?? '';
    for (const headers of [{}, { authorization: 'Bearer another' }, { 'if-none-match': etag }]) {
      const response = await getApp(guarded, headers as Record<string, string>);
      assert.equal(response.status, 401);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
      assert.match(await response.text(), /^(This server requires a token|The token)[^\n]*\n$/);
    }
  });

  test('counts against RATE_LIMIT, so that tokens cannot be guessed here', async () => {
    const limited = createRolecall({ CLIENT_TOKENS: TOKEN, RATE_LIMIT: '2' });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const guess = { authorization: `Bearer guess-${index}` };
      statuses.push((await getApp(limited, guess)).status);
    }
    assert.deepEqual(statuses, [401, 401, 429, 429]);
    const refused = await getApp(limited);
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal((await getPage(limited)).status, 200);
  });
});
