import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { describe, test } from 'node:test';
import { v1 } from './fixtures/heygen.ts';
import { readConfig } from './support/config.ts';
import { connect, rawPost, stoppedListening } from './support/connection.ts';
import { startListening } from './support/http-server.ts';
import { createTestServer, HEYGEN_KEY } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const BODY = JSON.stringify({ query: '{ viewer { heygen { firstName } } }' });
const RESPONSE = '{"data":{"viewer":{"heygen":{"firstName":"Ada"}}}}';
const GET_READY = 'GET /ready HTTP/1.1\r\nHost: rolecall.example\r\n\r\n';
/** Longer than any test, so that no connection is closed because it is idle. */
const HOUR_MS = 3_600_000;

/** Rolecall in this process; `arrived` resolves with the first request. */
async function startRolecall(upstream: { readonly url: string }) {
  const readiness = { isReady: true };
  const environment = {
    ...HEYGEN_KEY,
    HEYGEN_API_URL: upstream.url,
    HEYGEN_API_VERSION: 'v1',
    RATE_LIMIT: '0',
  };
  const { listener } = createTestServer(readConfig(environment), readiness);
  const arrived = Promise.withResolvers<void>();
  const server = await startListening(
    (...call) => {
      arrived.resolve();
      listener(...call);
    },
    { readiness },
    { graceMs: HOUR_MS },
  );
  return Object.assign(server, {
    arrived: arrived.promise,
    /** Resolves once the last connection is closed. */
    stop() {
      readiness.isReady = false;
      return server.drain({ delayMs: 0, timeoutMs: HOUR_MS });
    },
  });
}

describe('while the server drains', () => {
  test('/ready is 503 on a connection that was kept, which is then closed', async () => {
    await using heygen = await startUpstream(json(v1()));
    await using rolecall = await startRolecall(heygen);
    using kept = await connect(rolecall.url);
    kept.send(GET_READY);
    assert.match(await kept.receive(/ready\n/), /^HTTP\/1\.1 200 /);
    const stopped = rolecall.stop();
    kept.send(GET_READY);
    const ready = await kept.closed;
    assert.match(ready, /^HTTP\/1\.1 503 /);
    assert.match(ready, /\r\nconnection: close\r\n/i);
    await stopped;
  });

  test('a request is served that was on its way on an idle connection', async () => {
    await using heygen = await startUpstream(json(v1()));
    await using rolecall = await startRolecall(heygen);
    using kept = await connect(rolecall.url);
    kept.send(GET_READY);
    await kept.receive(/ready\n/);
    const stopped = rolecall.stop();
    await stoppedListening(rolecall.url);
    kept.send(rawPost('/graphql', BODY));
    assert.match(await kept.closed, /^HTTP\/1\.1 200 .*"Ada"/s);
    await stopped;
  });

  test('a request is served whose body was on its way', async () => {
    await using heygen = await startUpstream(json(v1()));
    await using rolecall = await startRolecall(heygen);
    using caller = await connect(rolecall.url);
    const [head = '', ...rest] = rawPost('/graphql', BODY).split(/(?<=\r\n\r\n)/);
    caller.send(head);
    await rolecall.arrived;
    const stopped = rolecall.stop();
    await stoppedListening(rolecall.url);
    caller.send(rest.join(''));
    assert.match(await caller.closed, /^HTTP\/1\.1 200 .*"Ada"/s);
    await stopped;
  });
});

describe('no request is lost when the server drains under load', () => {
  const CLIENTS = 20;
  const LOAD = 300;

  for (const keepAlive of [true, false]) {
    test(`of clients that ${keepAlive ? 'keep their connection' : 'make a new one each time'}`, async () => {
      await using heygen = await startUpstream(json(v1()));
      await using rolecall = await startRolecall(heygen);
      const agent = new Agent({ keepAlive, maxSockets: CLIENTS });
      const loaded = Promise.withResolvers<void>();
      const outcomes = new Map<string, number>();
      let count = 0;
      const clients = Array.from({ length: CLIENTS }, async () => {
        for (let outcome = ''; outcome !== 'ECONNREFUSED'; ) {
          outcome = await ask(rolecall.url, agent);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          count += 1;
          if (count === LOAD) loaded.resolve();
        }
      });
      await loaded.promise;
      await rolecall.stop();
      await Promise.all(clients);
      assert.deepEqual([...outcomes.keys()].sort(), [`200 ${RESPONSE}`, 'ECONNREFUSED']);
    });
  }
});

/** The status and body of the response, or the code of the error. */
async function ask(url: string, agent: Agent): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  try {
    const [response] = await once(
      request(`${url}/graphql`, { method: 'POST', agent, headers }).end(BODY),
      'response',
    );
    return `${response.statusCode} ${Buffer.concat(await response.toArray())}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
