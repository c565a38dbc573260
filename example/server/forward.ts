import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { readChoices } from './choices.ts';

/** What passes in each direction; all else, such as cookies, stays behind. */
const REQUEST_HEADERS = ['content-type', 'accept'];
const RESPONSE_HEADERS = ['content-type', 'retry-after'];

/** Sends a request of the page to Rolecall, with the keys of the person whom it names, and the response back. */
export async function forward(
  rolecall: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chosen = readChoices(request.headers);
  if (chosen === undefined) return refuse(response, 400, 'BAD_REQUEST', 'There is no such person.');
  const headers = new Headers(chosen.keyHeaders);
  for (const name of REQUEST_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const body = await text(request);
  const [result] = await Promise.allSettled([
    fetch(rolecall, { method: 'POST', headers, body }).then(async (received) => ({
      status: received.status,
      headers: received.headers,
      body: await received.text(),
    })),
    sleep(chosen.delay),
  ]);
  if (result.status === 'rejected') {
    const message = 'The backend cannot reach Rolecall. Is it running?';
    return refuse(response, 502, 'NETWORK_ERROR', message);
  }
  for (const name of RESPONSE_HEADERS) {
    const value = result.value.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  response.writeHead(result.value.status).end(result.value.body);
}

/** In Rolecall's own form, so that the page shows the message. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
