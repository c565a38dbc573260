import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isJsonObject, ShapeError } from '../src/lib/json.ts';
import { Secret } from '../src/lib/secret.ts';
import { httpPolicy } from '../src/upstream/retry-policy.ts';
import type { VendorRequest } from '../src/upstream/upstream.ts';
import type { Reader, Vendor } from '../src/upstream/vendor.ts';
import { createUpstream, request } from './support/client.ts';
import { inTurn, json, type Script, startUpstream, text } from './support/upstream.ts';

const vendor: Vendor = {
  name: 'FICTIONAL',
  title: 'Fictional',
  credentialsHint: 'Look at the key.',
  permissionHint: 'Look at the permission.',
  retryPolicy: httpPolicy,
  readError: (body) => ({
    words: isJsonObject(body) ? String(body['words']) : undefined,
    code: isJsonObject(body) && body['own'] === true ? 'UPSTREAM_UNAUTHENTICATED' : undefined,
  }),
};

const keys = [new Secret('fictional-first-key'), new Secret('fictional-second-key')];

/** A vendor that follows the script, and calls to it. `bodies` are those that were read. */
async function startVendor(script: Script, own: Partial<Vendor> = {}) {
  const site = await startUpstream(script);
  const upstream = createUpstream({ ...vendor, ...own });
  const bodies: unknown[] = [];
  const reader: Reader<object> = {
    read(body) {
      bodies.push(body);
      if (!isJsonObject(body)) throw new ShapeError('it has no head');
      return { body };
    },
    isError: (body) => isJsonObject(body) && body['failed'] === true,
    readStatus: (status) => (status === 404 ? { none: true } : undefined),
  };
  return {
    bodies,
    seen: site.seen,
    get: (secrets = keys, path = 'me', more: Partial<VendorRequest> = {}) =>
      upstream.fetch(
        {
          ...request,
          baseUrl: new URL(site.url),
          path,
          secrets,
          headers: { 'x-own': 'own' },
          ...more,
        },
        reader,
      ),
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

describe('a vendor is asked', () => {
  test('once for all callers of the same path with the same keys at the same time', async () => {
    await using target = await startVendor(json({ id: 1 }));
    const others = [keys.toReversed(), keys.slice(0, 1)];
    const [first, same, ...rest] = await Promise.all([
      target.get(),
      target.get(),
      target.get(keys, 'you'),
      ...others.map((secrets) => target.get(secrets)),
    ]);
    assert.equal(same, first);
    assert.ok(rest.every((value) => value !== first));
    assert.equal(target.seen.length, 4);
  });

  test('every time, and its response read again only where it has changed', async () => {
    await using target = await startVendor(inTurn(...[1, 1, 2].map((id) => json({ id }))));
    const first = await target.get();
    assert.equal(await target.get(), first);
    assert.deepEqual(await target.get(), { body: { id: 2 } });
    assert.deepEqual(target.bodies, [{ id: 1 }, { id: 2 }]);
    assert.equal(target.seen.length, 3);
  });

  test('and an error in between does not replace its last good response', async () => {
    const refuse = json({ words: 'no' }, 403);
    await using target = await startVendor(
      inTurn(json({ id: 1 }), refuse, refuse, json({ id: 1 })),
    );
    const first = await target.get();
    await assert.rejects(target.get());
    await assert.rejects(target.get());
    assert.equal(await target.get(), first);
    assert.deepEqual(target.bodies, [{ id: 1 }]);
  });
});

describe('a vendor is sent', () => {
  test('the method, the body and the headers of a request, and asked for JSON', async () => {
    await using target = await startVendor(json({}));
    await target.get(keys, 'me?of=mine', { method: 'POST', body: '{"query":"{me}"}' });
    const [{ headers, ...seen } = assert.fail()] = target.seen;
    assert.deepEqual(seen, { method: 'POST', path: '/me?of=mine', body: '{"query":"{me}"}' });
    assert.equal(headers.accept, 'application/json');
    assert.equal(headers['x-own'], 'own');
  });

  test('the media type that it asks for itself', async () => {
    await using target = await startVendor(json({}), { accept: 'application/vnd.fictional+json' });
    await target.get();
    assert.equal(target.seen[0]?.headers.accept, 'application/vnd.fictional+json');
  });

  const unavailable = inTurn(text('', 503), json({}));

  test('a POST once, even if it fails and another asks for the same', async () => {
    await using target = await startVendor(unavailable);
    const post = () => target.get(keys, 'me', { method: 'POST', body: 'a' });
    const [first, second] = await Promise.allSettled([post(), post()]);
    assert.deepEqual([first.status, second.status], ['rejected', 'fulfilled']);
    assert.equal(target.seen.length, 2);
  });

  test('a repeatable POST again if it fails, and once for all who ask for the same', async () => {
    await using target = await startVendor(unavailable);
    const post = (body: string) =>
      target.get(keys, 'me', { method: 'POST', body, isRepeatable: true });
    const [first, second] = await Promise.all([post('a'), post('a')]);
    assert.equal(first, second);
    assert.equal(target.seen.length, 2);
    await Promise.all([post('a'), post('b')]);
    assert.deepEqual(
      target.seen
        .slice(2)
        .map(({ body }) => body)
        .sort(),
      ['a', 'b'],
    );
  });

  test('a GET that must not be repeated once, even if it fails', async () => {
    await using target = await startVendor(unavailable);
    await assert.rejects(target.get(keys, 'me', { isRepeatable: false }));
    assert.equal(target.seen.length, 1);
  });
});

describe('what a vendor responds becomes', () => {
  const failures: readonly [title: string, script: Script, code: string, message: RegExp][] = [
    [
      'an error for the status, in its own words without any key',
      json({ words: 'not with fictional-first-key nor fictional-second-key' }, 403),
      'UPSTREAM_FORBIDDEN',
      /\(HTTP 403: not with \[redacted\] nor \[redacted\]\)\. Look at the permission\.$/,
    ],
    [
      'an error for its own code, where that says more',
      json({ words: 'no', own: true }, 400),
      'UPSTREAM_UNAUTHENTICATED',
      /\(HTTP 400: no\)\. Look at the key\.$/,
    ],
    [
      'an error where only its body says so, without any key',
      json({ words: 'not with fictional-first-key', failed: true, own: true }),
      'UPSTREAM_UNAUTHENTICATED',
      /\(HTTP 200: not with \[redacted\]\)/,
    ],
    [
      'an error with its first 300 characters, of which none is a part of a key',
      json({ words: `${'x'.repeat(290)} fictional-first-key and more` }, 403),
      'UPSTREAM_FORBIDDEN',
      /: x{290} \[redacted…\)/,
    ],
    ['an error where it is not JSON', text('hello'), 'UPSTREAM_INVALID_RESPONSE', /it is not JSON/],
    ['an error where its shape is wrong', json([]), 'UPSTREAM_INVALID_RESPONSE', /it has no head/],
    [
      'an error where there is none',
      (response) => void response.destroy(),
      'UPSTREAM_UNAVAILABLE',
      /^Fictional is unavailable/,
    ],
  ];
  for (const [title, script, code, message] of failures) {
    test(title, async () => {
      await using target = await startVendor(script);
      await assert.rejects(target.get(), (error: any) => {
        assert.equal(error.extensions.code, code);
        assert.equal(error.extensions.provider, 'FICTIONAL');
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('a value where its status stands for one', async () => {
    await using target = await startVendor(text('', 404));
    assert.deepEqual(await target.get(), { none: true });
  });
});
