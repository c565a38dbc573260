import { type Context, sessionOf } from '../context.ts';
import { type Builder, interfaceRef, type UserShape } from './builder.ts';
import type { SchemaProvider } from './provider.ts';

/** Defines the enum of providers and what every provider's user has. */
export function defineUser(builder: Builder, providers: readonly SchemaProvider[]) {
  function sentAt(shape: UserShape, context: Context): string | null {
    const source = providers
      .find(({ name }) => name === shape.provider)
      ?.sourceOf(sessionOf(context, shape.provider), shape);
    const at = context.trace.receivedAt.get(source);
    return at === undefined ? null : new Date(at).toISOString();
  }

  const provider = builder.enumType('Provider', {
    description: 'A vendor whose API identifies the owner of its credentials.',
    values: Object.fromEntries(
      providers.map(({ name, title }) => [name, { description: `${title}.` }]),
    ),
  });

  const user = interfaceRef<UserShape>(builder, 'User').implement({
    description: 'A user, as a provider knows it.',
    resolveType: (user) => user.__typename,
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'The user’s ID at the provider.' }),
      provider: t.expose('provider', {
        type: provider,
        nullable: false,
        description: 'The provider that this user comes from.',
      }),
      username: t.exposeString('username', {
        nullable: false,
        description:
          'The name that identifies the user at the provider; the ID where there is none.',
      }),
      displayName: t.exposeString('displayName', {
        nullable: false,
        description:
          'The name to show: the full name, or else the e-mail address, or else the username.',
      }),
      email: t.expose('email', {
        type: 'EmailAddress',
        description: 'The user’s e-mail address.',
      }),
      asOf: t.field({
        type: 'DateTime',
        description:
          'When the provider sent this. Null only for references, which no response of the provider holds.',
        resolve: (shape, _args, context) => sentAt(shape, context),
      }),
    }),
  });

  return { provider, user };
}
