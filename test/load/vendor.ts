import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userDocument } from '../fixtures/datadog.ts';
import { v1 } from '../fixtures/heygen.ts';
import { json, type Script, text } from '../support/upstream.ts';

const SLOW_MS = 60;

const GOOD: Readonly<Record<string, Script>> = {
  '/api/v2/current_user': json(userDocument()),
  '/v1/user/me': json(v1()),
};

/** The faults, each with the percentage of calls that it affects. */
const FAULTS: readonly (readonly [percent: number, script: Script])[] = [
  [3, text('the server made a mistake', 500)],
  [2, text('', 503)],
  [2, text('', 429, { 'retry-after': '1' })],
  [2, text('', 429, { 'retry-after': '60' })],
  [2, (response) => void response.socket?.resetAndDestroy()],
  [2, json({ data: [{ not: 'what is documented' }] })],
  [2, text('<html>not JSON</html>')],
  [2, (response) => void response.writeHead(200, { 'content-length': '500' }).write('{"data":')],
  [0.5, () => {}],
];

/** Both vendors on one port, with random faults. Unlike the tests' upstream, it does not record requests. */
export async function startFaultyVendor() {
  const server = createServer(({ method = '', url: path = '', headers }, response) => {
    const script = fault() ?? GOOD[path] ?? text('', 404);
    const respond = () => script(response, { method, path, headers, body: '' }, 1);
    if (Math.random() < 0.1) setTimeout(respond, SLOW_MS);
    else respond();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function fault(): Script | undefined {
  let dice = Math.random() * 100;
  for (const [percent, script] of FAULTS) {
    dice -= percent;
    if (dice < 0) return script;
  }
  return undefined;
}
