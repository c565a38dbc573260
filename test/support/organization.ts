import { org, type Resource, ref, userDocument, uuid } from '../fixtures/datadog.ts';
import { json, type Script, startUpstream } from './upstream.ts';

/** Somebody of the organization: the attributes that differ from an active person's. */
export interface Member {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, unknown>>;
  /** What the document of this user includes. */
  readonly included?: readonly Resource[];
}

/** An active person with this e-mail address; the numbers are one for each member. */
export function member(
  number: number,
  email: string,
  attributes: Record<string, unknown> = {},
  more: Partial<Member> = {},
): Member {
  const own = { name: `Member ${number}`, handle: `handle-${number}`, email, ...attributes };
  return { id: uuid(1, number), attributes: own, ...more };
}

const NOT_FOUND = json({ errors: ['User not found'] }, 404);

/**
 * A Datadog organization on loopback, as the server's keys see it: a search that finds substrings, page by page,
 * a document for each user, without the organization, and the document of the owner of the keys.
 */
export async function startOrganization(owner: Member, ...others: readonly Member[]) {
  const state = {
    members: [owner, ...others] as readonly Member[],
    /** What it does in place of that. */
    script: undefined as Script | undefined,
  };

  const dataOf = ({ id, attributes, relationships = {} }: Member) => ({
    ...userDocument({ attributes, relationships }).data,
    id,
  });

  function search(query: URLSearchParams) {
    const text = query.get('filter') ?? '';
    const size = Number(query.get('page[size]') ?? 10);
    const start = Number(query.get('page[number]')) * size;
    const found = state.members.map(dataOf).filter(({ attributes }) => {
      const texts = ['name', 'handle', 'email'].map((name) => String(attributes[name]));
      const has = texts.some((value) => value.toLowerCase().includes(text.toLowerCase()));
      return has && attributes['status'] === query.get('filter[status]');
    });
    return {
      data: found.slice(start, start + size),
      meta: { page: { total_filtered_count: found.length } },
    };
  }

  const server = await startUpstream((response, seen, call) => {
    const { pathname, searchParams } = new URL(seen.path, 'http://datadog.example');
    const [, , , kind, id] = pathname.split('/');
    const known = state.members.find((each) => each.id === id);
    const document = known && { data: dataOf(known), included: known.included ?? [] };
    const good =
      kind === 'current_user'
        ? json({ data: dataOf(owner), included: [org(), ...(owner.included ?? [])] })
        : id === undefined
          ? json(search(searchParams))
          : document
            ? json(document)
            : NOT_FOUND;
    (state.script ?? good)(response, seen, call);
  });

  return {
    ...server,
    /** What it does from now on: change these. */
    state,
    /** The paths below `/api/v2/` that were asked for since this was called last, `?` for a search's query. */
    asked: () =>
      server.seen.splice(0).map(({ path }) => path.replace('/api/v2/', '').replace(/\?.*/, '?')),
  };
}

export const members = (...ids: readonly string[]) => ({
  data: ids.map((id) => ref('users', id)),
});
