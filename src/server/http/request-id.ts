import { randomUUID } from 'node:crypto';
import type { ServerPlugin } from '../plugin.ts';

const HEADER = 'X-Request-Id';
/** Short, without characters that are special in a log or a shell. */
const SANE = /^[\w.:/+=-]{1,128}$/;

const ids = new WeakMap<Request, string>();

/** The caller's request id if it is valid, or a new one; the response has it too. */
export function requestIdOf(request: Request): string {
  let id = ids.get(request);
  if (id === undefined) {
    const given = request.headers.get(HEADER) ?? '';
    id = SANE.test(given) ? given : randomUUID();
    ids.set(request, id);
  }
  return id;
}

export const requestId: ServerPlugin = {
  onResponse({ request, response }) {
    response.headers.set(HEADER, requestIdOf(request));
  },
};
