import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCsrfPrevention } from '../src/server/guards/csrf.ts';

const { onRequestParse } = createCsrfPrevention(['https://app.example', 'https://other.example']);

/** The code with which a request with these headers is refused; undefined if it passes. */
function refusalOf(headers: Record<string, string>, method = 'GET'): unknown {
  const request = new Request('http://rolecall.example/graphql', { method, headers });
  try {
    onRequestParse?.({ request } as any);
    return undefined;
  } catch (error) {
    return (error as { extensions: { code: string } }).extensions.code;
  }
}

describe('a request may come from another page', () => {
  test('unless its content type is JSON, and nothing that only looks like it', () => {
    for (const type of [
      'application/json',
      'application/json;charset=utf-8',
      'application/json; x',
    ]) {
      assert.equal(refusalOf({ 'content-type': type }, 'POST'), undefined, type);
      assert.equal(refusalOf({ 'content-type': type }), undefined, type);
    }
    for (const type of ['application/jsonx', 'text/application/json', 'application/json x', '']) {
      assert.equal(refusalOf({ 'content-type': type }, 'POST'), 'UNSUPPORTED_MEDIA_TYPE', type);
      assert.equal(refusalOf({ 'content-type': type }), 'CSRF', type);
    }
  });

  test('unless a header is among its own that needs a preflight', () => {
    for (const name of [
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'x-graphql-yoga-csrf',
    ]) {
      assert.equal(refusalOf({ [name]: '' }), undefined, name);
      assert.equal(refusalOf({ [name]: 'x' }, 'POST'), 'UNSUPPORTED_MEDIA_TYPE', name);
    }
    assert.equal(refusalOf({ 'x-other': '' }), 'CSRF');
  });

  test('unless it accepts a media type of GraphQL, and no browser says that a page sent it', () => {
    for (const accept of [
      'application/json',
      'application/graphql-response+json',
      'application/graphql+json',
      '*/*, application/json',
    ]) {
      for (const site of ['same-origin', 'none', 'not-cross-site', 'same-site-x', 'x-same-site']) {
        assert.equal(refusalOf({ accept, 'sec-fetch-site': site }), undefined, site);
      }
      assert.equal(refusalOf({ accept }), undefined);
      for (const site of ['cross-site', 'same-site']) {
        assert.equal(refusalOf({ accept, 'sec-fetch-site': site }), 'CSRF', site);
      }
    }
    assert.equal(refusalOf({ accept: 'text/html' }), 'CSRF');
  });

  test('also where the page is of an origin that is let in', () => {
    const headers = { accept: 'application/json', 'sec-fetch-site': 'cross-site' };
    for (const origin of ['https://app.example', 'https://other.example']) {
      assert.equal(refusalOf({ ...headers, origin }), undefined, origin);
    }
    assert.equal(refusalOf({ ...headers, origin: 'https://evil.example' }), 'CSRF');
    assert.equal(refusalOf({ origin: 'https://app.example' }), 'CSRF');
  });
});
