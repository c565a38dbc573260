import type { Rolecall } from './rolecall.ts';

const BODY = JSON.stringify({ query: '{ viewer { providers } }' });

/** Posts an operation as JSON. */
export function post(rolecall: Rolecall, headers: Record<string, string> = {}, body = BODY) {
  return rolecall.fetch('http://rolecall.example/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

/** The code of a response's first error. */
export async function codeOf(response: Response) {
  return ((await response.json()) as any).errors?.[0]?.extensions?.code;
}
