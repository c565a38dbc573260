import type { Builder } from './builder.ts';
import type { SchemaProvider } from './provider.ts';

/** Defines the enum of providers and what every provider's user has. */
export function defineUser(builder: Builder, providers: readonly SchemaProvider[]) {
  const provider = builder.enumType('Provider', {
    description: 'An API that knows who the bearer of its credentials is.',
    values: Object.fromEntries(
      providers.map(({ name, title }) => [name, { description: `${title}.` }]),
    ),
  });

  builder.interfaceType('User', {
    description: 'Who a provider says you are.',
    resolveType: (user) => user.__typename,
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'The provider’s own id of the user.' }),
      provider: t.expose('provider', {
        type: provider,
        nullable: false,
        description: 'The provider that says so.',
      }),
      username: t.exposeString('username', {
        nullable: false,
        description: 'What the provider calls the user: Datadog’s handle, else the id.',
      }),
      displayName: t.exposeString('displayName', {
        nullable: false,
        description:
          'What to show to people: the name, else the e-mail address, else the username.',
      }),
      email: t.expose('email', {
        type: 'EmailAddress',
        nullable: true,
        description: 'The e-mail address.',
      }),
    }),
  });

  return provider;
}
