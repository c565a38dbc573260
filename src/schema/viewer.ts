import { type Connection, type Context, sessionOf, sessionToAsk } from '../context.ts';
import type { Builder, EnumTypeRef, InterfaceTypeRef, UserShape } from './builder.ts';
import type { SchemaProvider } from './provider.ts';

/** Defines `Query.viewer`, with a field for each provider and the providers' own types. */
export function defineViewer(
  builder: Builder,
  providers: readonly SchemaProvider[],
  shared: { readonly provider: EnumTypeRef; readonly user: InterfaceTypeRef<UserShape> },
) {
  const viewer = builder.objectRef<Record<never, never>>('Viewer').implement({
    description:
      'Your users at the providers: the owners of the credentials in use or, where the server looks callers up, the person in your token. Below, null means “not known”: the provider sent nothing, or an empty string. An empty list means that the provider said “none”.',
    fields: (t) => ({
      providers: t.field({
        type: [shared.provider],
        nullable: false,
        description:
          'The connected providers: those with usable credentials. Selecting this field sends no request to a provider.',
        resolve: (_viewer, _args, context) => {
          if (context.credentialsError) throw context.credentialsError;
          return inState(providers, context, 'connected').map(({ name }) => name);
        },
      }),
      users: t.field({
        type: [shared.user],
        nullable: { list: false, items: true },
        description:
          'One user per provider with credentials, in the order of the enum `Provider`. An entry is null, with an error, where the provider failed or the credentials are not usable.',
        resolve: (_viewer, _args, context) =>
          inState(providers, context, 'connected', 'unusable').map((provider) =>
            viewerOf(provider, context),
          ),
      }),
    }),
  });

  for (const provider of providers) {
    const user = provider.defineTypes(builder, {
      of: (context) => sessionOf(context, provider.name),
      toAsk: (context) => sessionToAsk(context, provider.name),
    });
    builder.objectField(viewer, provider.field, (t) =>
      t.field({
        type: user,
        description: provider.description,
        resolve: (_viewer, _args, context) => viewerOf(provider, context),
      }),
    );
  }

  builder.queryType({
    description: 'The root of every query.',
    fields: (t) => ({
      viewer: t.field({
        type: viewer,
        nullable: false,
        description: 'Who you are at each provider that you have credentials for.',
        resolve: () => ({}),
      }),
    }),
  });
}

function inState(
  providers: readonly SchemaProvider[],
  { connections }: Context,
  ...states: readonly Connection['state'][]
): readonly SchemaProvider[] {
  return providers.filter(({ name }) => states.includes(connections.get(name)?.state ?? 'absent'));
}

async function viewerOf(provider: SchemaProvider, context: Context): Promise<UserShape | null> {
  const session = sessionToAsk(context, provider.name);
  if (session === null) return null;
  const user = await provider.viewer(session);
  context.trace.accepted.add(provider.name);
  return user;
}
