import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gql } from '@apollo/client';
import codegen from '../codegen.ts';
import { ViewerDocument } from './generated/operations.ts';
import { assertPartial, startPartlyFailing } from './support/partly-failing.ts';

const README = readFileSync('README.md', 'utf8');
const README_URL = 'http://127.0.0.1:4000/graphql';
/** In the project, so that imports find its packages. */
const FOLDER = join(import.meta.dirname, 'generated/readme');
const TSC = join(import.meta.dirname, '../node_modules/.bin/tsc');

const snippets = [...README.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

function snippetOf(library: string): string {
  const code = snippets.find((snippet) => snippet.includes(`from '${library}'`)) ?? '';
  assert.ok(code.includes(README_URL), library);
  return code;
}

before(() => mkdirSync(FOLDER, { recursive: true }));
after(() => rmSync(FOLDER, { recursive: true }));

describe('the README’s clients, with a provider that responds and one that fails', () => {
  let partlyFailing: Awaited<ReturnType<typeof startPartlyFailing>>;
  let url: string;
  let loads = 0;

  before(async () => {
    partlyFailing = await startPartlyFailing();
    url = partlyFailing.url;
  });
  after(() => partlyFailing[Symbol.asyncDispose]());

  /** The client that the README's snippet with this import exports, connected to the test's server. */
  async function clientOf(library: string): Promise<any> {
    loads += 1;
    // A new module each time, so that clients share no cache.
    const file = join(FOLDER, `${library.replace(/\W/g, '')}-${loads}.ts`);
    writeFileSync(file, snippetOf(library).replace(README_URL, url));
    return (await import(file)).client;
  }

  test('Apollo Client has data and errors', async () => {
    const client = await clientOf('@apollo/client');
    const { data, error } = await client.query({ query: ViewerDocument });
    assertPartial(data, error.errors);
    client.stop();
  });

  test('Apollo Client’s cache knows users, and keeps what one query has when another comes', async () => {
    const client = await clientOf('@apollo/client');
    const users = gql`
      query Users { viewer { users { ...Name } } }
      fragment Name on User { displayName }
    `;
    const { data } = await client.query({ query: users });
    assert.equal(data.viewer.users[0].displayName, 'Ada Fictional');
    await client.query({ query: gql`query Providers { viewer { providers } }` });
    assert.equal(client.readQuery({ query: users })?.viewer.users[0].displayName, 'Ada Fictional');
    client.stop();
  });

  test('graphql-request has data and errors', async () => {
    const { data, errors } = await (await clientOf('graphql-request')).rawRequest(ViewerDocument);
    assertPartial(data, errors);
  });

  test('urql has data and errors', async () => {
    const client = await clientOf('@urql/core');
    const { data, error, operation } = await client.query(ViewerDocument, {}).toPromise();
    assertPartial(data, error.graphQLErrors);
    assert.equal(operation.context.preferGetMethod, false);
  });
});

test('the README’s clients have the right types', () => {
  const folder = join(FOLDER, 'types');
  mkdirSync(folder);
  const config = { extends: '../../../../tsconfig.json', include: ['.'], exclude: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const [index, library] of ['@apollo/client', 'graphql-request', '@urql/core'].entries()) {
    writeFileSync(join(folder, `${index}.ts`), snippetOf(library));
  }
  const { status, stdout } = spawnSync(TSC, ['--project', folder], { encoding: 'utf8' });
  assert.equal(stdout, '');
  assert.equal(status, 0);
});

test('the README’s scalars are those of the schema and of the configuration of codegen', () => {
  const line = snippets.find((snippet) => snippet.startsWith('scalars: '));
  const scalars = Object.fromEntries(
    [...(line ?? '').matchAll(/(\w+): '(\w+)'/g)].map(([, name, type]) => [name, type]),
  );
  const schema = readFileSync('schema/schema.graphql', 'utf8');
  const names = [...schema.matchAll(/^scalar (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(scalars).sort(), names.sort());
  const { config } = codegen.generates['test/generated/operations.ts'] as { config: any };
  assert.deepEqual(scalars, config.scalars);
});
