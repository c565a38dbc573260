import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { findLine } from './support/log.ts';
import { startProcess } from './support/process.ts';

const START = join(import.meta.dirname, '../src/start.mjs');
/** Characters that a terminal interprets or does not show: C0, DEL, C1, and Unicode's line breaks. */
const CONTROLS = '\u0007\u001b[2J\u007f\u0085\u009b2J\u009d\u2028\u2029';
const MARKED = `marked${CONTROLS}name`;

/** Sends the name of an operation that the document does not contain. The log quotes it. */
function askFor(url: string, operationName: string) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ __typename }', operationName }),
  });
}

describe('text of a caller’s in the log', { concurrency: 2 }, () => {
  test('has no control character on the wire, and is the same once it is read', async () => {
    await using rolecall = startProcess();
    await askFor(await rolecall.listening(), MARKED);
    const { operation } = await findLine(rolecall, (line) => line.operation?.startsWith('marked'));
    assert.equal(operation, MARKED);
    assert.doesNotMatch(rolecall.stdout(), /[^\n\x20-\x7e\u00a0-\u2027\u202a-\uffff]/);
  });

  test('has none on a terminal either', async () => {
    const inTerminal = ['script', '-qefc', `${process.execPath} ${START}`, '/dev/null'];
    await using rolecall = startProcess({ TERM: 'xterm' }, { command: inTerminal });
    await askFor(stripVTControlCharacters(await rolecall.listening()), MARKED);
    while (!/marked[^\n]*\n/.test(rolecall.stdout())) {
      await new Promise((resolve) => rolecall.child.stdout?.once('data', resolve));
    }
    const line =
      rolecall
        .stdout()
        .split('\r\n')
        .find((text) => text.includes('marked')) ?? '';
    assert.match(line, /marked\\u0007\\u001b\[2J\\u007f\\u0085\\u009b2J\\u009d\\u2028\\u2029name/);
  });

  test('is cut after 100 characters, whether its operation is there or not', async () => {
    await using rolecall = startProcess();
    const url = await rolecall.listening();
    const long = `marked${'x'.repeat(50_000)}`;
    await askFor(url, long);
    const ask = (query: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
    await ask(`query there${'x'.repeat(50_000)} { __typename }`);
    for (const [start, length] of [
      ['marked', 100],
      ['there', 100],
    ] as const) {
      const { operation } = await findLine(rolecall, (line) => line.operation?.startsWith(start));
      assert.equal(operation.length, length);
    }
    assert.ok(rolecall.stdout().length < 5_000);
  });
});
