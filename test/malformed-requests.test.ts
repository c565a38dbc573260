import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer } from '../src/server/index.ts';
import { readConfig } from './support/config.ts';
import { keepLog, linesOf } from './support/log.ts';
import { rolecallOf } from './support/rolecall.ts';

const URL = 'http://rolecall.example/graphql';
const ERROR_LEVEL = 50;

/** Rolecall, with everything that it logs at any level. */
function createLoggedServer() {
  const { logger, log } = keepLog({ level: 'trace' });
  const server = createServer(readConfig({}), logger, { isReady: true });
  return { ...rolecallOf(server), log };
}

describe('a malformed parameter of a GET', () => {
  for (const [name, parameters] of [
    ['variables cut short', 'variables={'],
    ['variables that are no JSON', `variables=MARKED${'x'.repeat(3_000)}`],
    ['extensions that are no JSON', 'extensions={"MARKED":'],
    ['variables that are no object', 'variables=["MARKED"]'],
    ['extensions that are no object', 'extensions="MARKED"'],
  ] as const) {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      test(`${name}: 400 BAD_REQUEST as ${accept}, and no text of the caller’s in the log`, async () => {
        const server = createLoggedServer();
        const response = await server.fetch(`${URL}?query={__typename}&${parameters}`, {
          headers: { accept },
        });
        const text = await response.text();
        assert.equal(response.status, 400, text);
        const { errors, data } = JSON.parse(text);
        assert.equal(errors[0].extensions.code, 'BAD_REQUEST');
        assert.match(errors[0].message, /variables|extensions/);
        assert.equal(data, undefined);
        assert.doesNotMatch(server.log() + text, /MARKED/);
        const levels = linesOf(server.log()).map(({ level }) => level);
        assert.ok(levels.length > 0);
        assert.ok(Math.max(...levels) < ERROR_LEVEL, server.log());
      });
    }
  }
});
