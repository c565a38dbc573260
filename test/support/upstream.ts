import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';

export interface Seen {
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Responds to one request; `call` counts from 1. */
export type Script = (response: ServerResponse, seen: Seen, call: number) => void;

/** A vendor on loopback that follows the script and records its requests. */
export async function startUpstream(script: Script) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const message = { method, path, headers, body: await readText(request) };
    seen.push(message);
    script(response, message, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>;

/** Responds to every request with this JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Script {
  return (response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));
  };
}

/** Responds to every request with this text. */
export function text(body: string, status = 200, headers: Record<string, string> = {}): Script {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  };
}

/** Follows one script per call, in this order, and the last one from then on. */
export function inTurn(...scripts: readonly Script[]): Script {
  return (response, seen, call) => {
    scripts[Math.min(call, scripts.length) - 1]?.(response, seen, call);
  };
}
