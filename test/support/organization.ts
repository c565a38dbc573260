import { org, type Resource, ref, userDocument, uuid } from '../fixtures/datadog.ts';
import { json, type Script, startUpstream } from './upstream.ts';

/** A member of the organization, with the attributes that differ from an active person's. */
export interface Member {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, unknown>>;
  /** The resources that this user's response includes. */
  readonly included?: readonly Resource[];
}

/** An active person with this e-mail address. Each member needs another number. */
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
 * A Datadog organization on loopback, as the server's keys see it: the owner of the keys, each user by ID (without the
 * organization), and a search for substrings with pages.
 */
export async function startOrganization(owner: Member, ...others: readonly Member[]) {
  const state = {
    members: [owner, ...others] as readonly Member[],
    /** Replaces the organization's own responses. */
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
    /** Change this to change what the organization does. */
    state,
    /** The paths below `/api/v2/` requested since the last call; a search's query is shortened to `?`. */
    takePaths: () =>
      server.seen.splice(0).map(({ path }) => path.replace('/api/v2/', '').replace(/\?.*/, '?')),
  };
}

export const members = (...ids: readonly string[]) => ({
  data: ids.map((id) => ref('users', id)),
});
