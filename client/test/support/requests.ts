/** A request that passed. */
export interface Seen {
  readonly query: string;
  readonly names: readonly string[];
  readonly headers: Headers;
  readonly signal: AbortSignal | null | undefined;
}

/** A `fetch` that keeps what passes through it. */
export function watched(inner: typeof fetch = fetch) {
  const seen: Seen[] = [];
  const send: typeof fetch = (input, init) => {
    const { query, variables } = JSON.parse(String(init?.body));
    seen.push({
      query,
      names: variables.names ?? [],
      headers: new Headers(init?.headers),
      signal: init?.signal,
    });
    return inner(input, init);
  };
  return { fetch: send, seen };
}

/** A `fetch` that makes a response of a request’s names. */
export function responding(respond: (names: readonly string[]) => unknown): typeof fetch {
  return async (_input, init) => {
    const body = respond(JSON.parse(String(init?.body)).variables.names ?? []);
    return body instanceof Response ? body : Response.json(body);
  };
}

/** A response with checks of these names, granted by a role if they begin with `may`. */
export function checksOf(names: readonly string[]) {
  const permissionChecks = names.map((name) => ({
    name,
    granted: name.startsWith('may'),
    grantedBy: name.startsWith('may') ? [{ id: 'r', name: 'Role' }] : [],
  }));
  return { data: { viewer: { datadog: { asOf: '2026-07-03T13:37:00Z', permissionChecks } } } };
}
