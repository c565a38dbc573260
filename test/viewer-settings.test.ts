import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './support/config.ts';

const ISSUER = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'rolecall' };

test('VIEWER is key, unless it says otherwise', () => {
  assert.equal(readConfig(ISSUER).viewer, 'key');
  assert.equal(readConfig({ ...ISSUER, VIEWER: 'caller' }).viewer, 'caller');
});

for (const [what, environment, problem] of [
  ['without JWT', {}, /JWT_ISSUER must be set, with JWT_AUDIENCE, while VIEWER is caller/],
  [
    'with keys of requests',
    { ...ISSUER, CREDENTIALS: 'request' },
    /CREDENTIALS must be server while VIEWER is caller/,
  ],
  [
    'with plain tokens',
    { ...ISSUER, CLIENT_TOKENS: 'fictional-token' },
    /CLIENT_TOKENS must not be set while VIEWER is caller/,
  ],
] as const) {
  test(`VIEWER=caller is refused ${what}`, () => {
    assert.throws(() => readConfig({ ...environment, VIEWER: 'caller' }), problem);
    readConfig(environment);
  });
}
