import { createRolecallClient, type PermissionName, RolecallError } from 'rolecall-client';

const client = createRolecallClient({ url: '/graphql' });
createRolecallClient({ url: new URL('http://rolecall.example/graphql'), fetch, headers: {} });
createRolecallClient({ url: '/graphql', headers: () => [['a', 'b']] });
createRolecallClient({ url: '/graphql', headers: async () => new Headers() });
// @ts-expect-error The URL is required.
createRolecallClient({});
// @ts-expect-error A header is text.
createRolecallClient({ url: '/graphql', headers: { a: 7 } });

const me = await client.viewer({ signal: new AbortController().signal });
export const id: string | undefined = me.datadog?.id;
export const title: string | null | undefined = me.datadog?.title;
export const roles: readonly { readonly name: string | null }[] | null | undefined =
  me.datadog?.roles;
export const organization: string | null | undefined = me.datadog?.organization?.name;
export const email: string | null | undefined = me.heygen?.email;
export const provider: 'DATADOG' | 'HEYGEN' | undefined = me.providers[0];
export const retryAfter: number | null | undefined = me.errors[0]?.retryAfter;
// @ts-expect-error Datadog may fail or not be connected.
me.datadog.id;
// @ts-expect-error The title may not be known.
me.datadog?.title.length;
// @ts-expect-error Not selected.
me.datadog?.uuid;
// @ts-expect-error Results do not change.
me.providers.push('DATADOG');

export const anyName: PermissionName = 'whatever' as string;
const check = await client.can('whatever');
export const granted: boolean | null = check.granted;
export const asOf: string | null = check.asOf;
// @ts-expect-error It may not be known.
export const sure: boolean = check.granted;
export const [first] = await client.check(['a', 'b'] as const);
// @ts-expect-error There may be none.
first.name;
// @ts-expect-error A name is text.
client.can(7);

export const error = new RolecallError({
  message: '',
  code: 'RATE_LIMITED',
  provider: null,
  retryAfter: 1,
});
export const code: string = error.code;
// @ts-expect-error Another provider.
export const other: 'GITHUB' | null = error.provider;
