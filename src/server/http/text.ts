import { Response } from '@whatwg-node/fetch';

/** A plain-text response. */
export function text(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = { 'content-type': 'text/plain; charset=utf-8' };
  return new Response(body, { status, headers: { ...type, ...headers } });
}
