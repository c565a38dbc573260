import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RolecallError } from '../src/errors.ts';
import { readHeaders } from '../src/providers/datadog/headers.ts';
import type { Settings } from '../src/providers/datadog/settings.ts';

const SETTINGS: Settings = {
  credentials: undefined,
  baseUrl: undefined,
  site: 'datadoghq.com',
  expand: 'included',
  expansionLimit: 100,
  lookupTtlSeconds: 600,
};
const KEYS = { 'DD-API-KEY': 'their-api-key', 'DD-APPLICATION-KEY': 'their-app-key' };

/** The credentials read from these headers. */
const read = (headers: Record<string, string>, settings = SETTINGS) =>
  readHeaders(new Headers(headers), settings);

/** The code of the error for these headers. */
function codeOf(headers: Record<string, string>): unknown {
  try {
    return read(headers);
  } catch (error) {
    assert.ok(error instanceof RolecallError);
    assert.equal(error.extensions.provider, 'DATADOG');
    return error.extensions.code;
  }
}

describe('the site of a request’s headers', () => {
  for (const [site, host] of [
    ['datadoghq.com', 'api.datadoghq.com'],
    ['us3.datadoghq.com', 'api.us3.datadoghq.com'],
    ['us5.datadoghq.com', 'api.us5.datadoghq.com'],
    ['datadoghq.eu', 'api.datadoghq.eu'],
    ['ap1.datadoghq.com', 'api.ap1.datadoghq.com'],
    ['ap2.datadoghq.com', 'api.ap2.datadoghq.com'],
    ['uk1.datadoghq.com', 'api.uk1.datadoghq.com'],
    ['ddog-gov.com', 'api.ddog-gov.com'],
    ['us2.ddog-gov.com', 'api.us2.ddog-gov.com'],
    ['app.datadoghq.com', 'api.datadoghq.com'],
    ['app.datadoghq.eu', 'api.datadoghq.eu'],
    ['app.ddog-gov.com', 'api.ddog-gov.com'],
    [' DataDogHQ.EU ', 'api.datadoghq.eu'],
    ['', 'api.datadoghq.com'],
  ] as const) {
    test(`${JSON.stringify(site)} is asked at ${host}`, () => {
      assert.equal(read({ ...KEYS, 'DD-SITE': site })?.baseUrl.href, `https://${host}/`);
    });
  }

  test('is that of DD_SITE where there is none', () => {
    for (const site of ['datadoghq.com', 'datadoghq.eu'] as const)
      assert.equal(read(KEYS, { ...SETTINGS, site })?.baseUrl.href, `https://api.${site}/`);
  });

  test('is none but those, whatever it looks like', () => {
    for (const site of ['us1.datadoghq.com', 'datadoghq.com.evil.example', 'app.us3.datadoghq.com'])
      assert.equal(codeOf({ ...KEYS, 'DD-SITE': site }), 'CREDENTIALS_INVALID', site);
  });

  test('gives way to the server’s base URL, and must be right all the same', () => {
    const settings = { ...SETTINGS, baseUrl: new URL('https://proxy.example/') };
    const site = { ...KEYS, 'DD-SITE': 'datadoghq.eu' };
    assert.equal(read(site, settings)?.baseUrl, settings.baseUrl);
    assert.throws(() => read({ ...KEYS, 'DD-SITE': 'evil.example' }, settings), RolecallError);
  });
});

describe('the keys of a request’s headers', () => {
  test('are each taken from its own header', () => {
    const { apiKey, appKey } = read(KEYS) ?? {};
    assert.equal(apiKey?.reveal(), 'their-api-key');
    assert.equal(appKey?.reveal(), 'their-app-key');
  });

  test('are both there or none', () => {
    assert.equal(codeOf({}), undefined);
    assert.equal(codeOf({ 'DD-SITE': 'evil.example' }), undefined);
    assert.equal(codeOf({ 'DD-API-KEY': '', 'DD-APPLICATION-KEY': '' }), undefined);
    assert.equal(codeOf({ 'DD-API-KEY': 'a' }), 'CREDENTIALS_MISSING');
    assert.equal(codeOf({ 'DD-APPLICATION-KEY': 'a' }), 'CREDENTIALS_MISSING');
  });

  test('are keys', () => {
    for (const name of ['DD-API-KEY', 'DD-APPLICATION-KEY']) {
      assert.equal(codeOf({ ...KEYS, [name]: 'a, b' }), 'CREDENTIALS_INVALID', name);
    }
  });
});
