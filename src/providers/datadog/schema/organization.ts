import type { Builder } from '../../../schema/builder.ts';
import type { Sessions } from '../../../schema/provider.ts';
import type { Loaders } from '../loaders.ts';
import type { Organization } from '../model.ts';
import { defineEntity } from './entity.ts';

export function defineOrganization(builder: Builder, sessions: Sessions<Loaders>) {
  const organization = builder.objectRef<Organization>('Organization');
  defineEntity(builder, organization, sessions, (loaders, id) => loaders.organizations.load(id));
  return organization.implement({
    description: 'A Datadog organization.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: "Datadog's id of it." }),
      publicId: t.exposeString('publicId', {
        nullable: true,
        description: 'Its public id: a short slug on some sites, a UUID on others.',
      }),
      name: t.exposeString('name', { nullable: true, description: 'Its name.' }),
      description: t.exposeString('description', {
        nullable: true,
        description: 'What it says of itself.',
      }),
      disabled: t.exposeBoolean('disabled', { nullable: true, description: 'Is it disabled?' }),
      sharing: t.exposeString('sharing', {
        nullable: true,
        description: 'How far its dashboards may be shared, in Datadog’s words.',
      }),
      url: t.expose('url', { type: 'URL', nullable: true, description: 'Its URL.' }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was created.',
      }),
      modifiedAt: t.expose('modifiedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last modified.',
      }),
    }),
  });
}
