import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { startSandbox } from '../src/process/sandbox-server.ts';
import { readConfig } from './support/config.ts';
import { createTestServer, rolecallOf } from './support/rolecall.ts';

const README = readFileSync('README.md', 'utf8');

async function askSandbox(body: string) {
  const { config } = await startSandbox(readConfig({}));
  const response = await rolecallOf(createTestServer(config)).fetch(
    'http://rolecall.example/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    },
  );
  assert.equal(response.status, 200);
  return response.text();
}

describe('the example operations', () => {
  for (const file of readdirSync('schema/operations')) {
    const query = readFileSync(`schema/operations/${file}`, 'utf8');

    test(`the sandbox serves ${file}`, async () => {
      const text = await askSandbox(JSON.stringify({ query }));
      assert.match(text, /^\{"data":\{"viewer":/);
      assert.doesNotMatch(text, /"errors"|null/);
    });

    test(`${file} stands in the README`, () => assert.ok(README.includes(query.trim())));
  }
});

test('the README’s curl example gives what it says', async () => {
  const [, body = '', response] = /-d '(.*)'\n```\n```json\n(.*)\n```/.exec(README) ?? [];
  assert.equal(await askSandbox(body), response);
});

test('every variable of .env.example is in the README, and there with its default', () => {
  const variables = readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm);
  for (const [, name, value] of variables) {
    const row = README.split('\n').find(
      (line) => line.startsWith('|') && line.includes(`\`${name}\``),
    );
    assert.ok(row, `${name} is in no table`);
    if (value) assert.ok(row.includes(`\`${value}\``), `${name}: ${value}`);
  }
});

test('docs/scaling.md shows HAProxy’s configuration, and its numbers fit Rolecall’s defaults', () => {
  const configuration = readFileSync('deploy/haproxy.cfg', 'utf8');
  assert.ok(readFileSync('docs/scaling.md', 'utf8').includes(`\`\`\`\n${configuration}\`\`\`\n`));
  const numberOf = (name: string) =>
    Number(new RegExp(`^ +${name} (\\d+)s?$`, 'm').exec(configuration)?.[1]);
  const { server, upstream } = readConfig({});
  assert.ok(numberOf('maxconn') < server.maxConnections);
  assert.ok(numberOf('timeout server') * 1_000 > 2 * upstream.deadlineMs);
});

test('every link to a file leads to one', () => {
  const documents = [
    'README.md',
    ...readdirSync('docs')
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
  for (const document of documents) {
    for (const [, target = ''] of readFileSync(document, 'utf8').matchAll(
      /\]\((?!https?:)([^)#]+)/g,
    )) {
      assert.ok(existsSync(join(dirname(document), target)), `${document}: ${target}`);
    }
  }
});
