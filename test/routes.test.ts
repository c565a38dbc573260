import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRolecall } from './support/rolecall.ts';

const ORIGIN = 'http://rolecall.example';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const TEXT = 'text/plain; charset=utf-8';
const rolecall = createRolecall({});

describe('/health and /ready', () => {
  for (const [path, body] of [
    ['/health', 'ok\n'],
    ['/ready', 'ready\n'],
  ] as const) {
    test(`${path} responds to GET and HEAD with text`, async () => {
      const response = await rolecall.fetch(`${ORIGIN}${path}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), TEXT);
      assert.equal(await response.text(), body);
      const head = await rolecall.fetch(`${ORIGIN}${path}`, { method: 'HEAD' });
      assert.equal(head.status, 200);
    });

    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      test(`${path} refuses ${method}`, async () => {
        const response = await rolecall.fetch(`${ORIGIN}${path}`, { method });
        assert.equal(response.status, 405);
        assert.equal(response.headers.get('allow'), 'GET, HEAD');
        assert.equal(response.headers.get('content-type'), TEXT);
      });
    }
  }
});

describe('a slash at the end of an endpoint', () => {
  const query = JSON.stringify({ query: '{ __typename _service { sdl } }' });

  for (const path of ['/graphql', '/subgraph']) {
    test(`${path}/ responds like ${path}`, async () => {
      const ask = async (to: string) => {
        const headers = { 'content-type': 'application/json' };
        const response = await rolecall.fetch(`${ORIGIN}${to}`, {
          method: 'POST',
          headers,
          body: query,
        });
        return { status: response.status, body: await response.text() };
      };
      assert.deepEqual(await ask(`${path}/`), await ask(path));
    });
  }

  test('/graphql/ serves the page too', async () => {
    const response = await rolecall.fetch(`${ORIGIN}/graphql/`, { headers: { accept: BROWSER } });
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
  });

  test('SUBGRAPH=off closes /subgraph/ too', async () => {
    const closed = createRolecall({ SUBGRAPH: 'off' });
    for (const path of ['/subgraph', '/subgraph/']) {
      assert.equal((await closed.fetch(`${ORIGIN}${path}`)).status, 404);
    }
  });
});

describe('what a browser gets', () => {
  test('at /: it is sent to the page', async () => {
    const response = await rolecall.fetch(`${ORIGIN}/`, { headers: { accept: BROWSER } });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get('location'), '/graphql');
  });

  test('with GRAPHIQL=off: a line that says where GraphQL is', async () => {
    const off = createRolecall({ GRAPHIQL: 'off' });
    for (const path of ['/', '/graphql', '/graphql/', '/graphql?query={__typename}', '/subgraph']) {
      for (const accept of [BROWSER, 'text/html']) {
        const response = await off.fetch(`${ORIGIN}${path}`, { headers: { accept } });
        assert.equal(response.status, 200, path);
        assert.equal(response.headers.get('content-type'), TEXT);
        assert.match(await response.text(), /^GraphQL is at \/graphql: .*GRAPHIQL=off/);
      }
    }
    const asked = await off.fetch(`${ORIGIN}/graphql?query={__typename}`, {
      headers: { accept: 'application/json' },
    });
    assert.deepEqual(await asked.json(), { data: { __typename: 'Query' } });
  });

  test('where no page is: text', async () => {
    const response = await rolecall.fetch(`${ORIGIN}/nowhere`);
    assert.equal(response.status, 404);
    assert.equal(response.headers.get('content-type'), TEXT);
  });
});

describe('Accept', () => {
  for (const [accept, isPage] of [
    [BROWSER, true],
    ['text/html', true],
    ['text/html;q=0.9, application/json;q=0.8', true],
    ['application/json, text/html;q=0.9', false],
    ['application/graphql-response+json, text/html', false],
    ['application/json, text/html;q=0', false],
    ['*/*', false],
    ['application/json', false],
  ] as const) {
    test(`${accept}: ${isPage ? 'the page' : 'no page'}`, async () => {
      const response = await rolecall.fetch(`${ORIGIN}/graphql?query={__typename}`, {
        headers: { accept, 'content-type': 'application/json' },
      });
      assert.equal(/html/.test(response.headers.get('content-type') ?? ''), isPage);
    });
  }

  test('of nothing that is served: 406, and a line that says what is', async () => {
    for (const method of ['GET', 'POST']) {
      const response = await rolecall.fetch(`${ORIGIN}/graphql`, {
        method,
        headers: { accept: 'image/png', 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{"query":"{__typename}"}' }),
      });
      assert.equal(response.status, 406);
      assert.equal(response.headers.get('content-type'), TEXT);
      assert.match(
        await response.text(),
        /^Accept must allow application\/graphql-response\+json or application\/json\.\n$/,
      );
      assert.notEqual(response.headers.get('x-request-id'), null);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    }
  });
});
