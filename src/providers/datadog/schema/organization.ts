import { type Builder, objectRef } from '../../../schema/builder.ts';
import type { Sessions } from '../../../schema/provider.ts';
import type { Loaders } from '../loaders.ts';
import type { Organization } from '../model.ts';
import { defineEntity } from './entity.ts';

export function defineOrganization(builder: Builder, sessions: Sessions<Loaders>) {
  const organization = objectRef<Organization>(builder, 'Organization');
  defineEntity(builder, organization, sessions, (loaders, id) => loaders.organizations.load(id));
  return organization.implement({
    description: 'A Datadog organization.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'The organization’s ID at Datadog.' }),
      publicId: t.exposeString('publicId', {
        description: 'The public ID: a short slug on some sites, a UUID on others.',
      }),
      name: t.exposeString('name', { description: 'The organization’s name.' }),
      description: t.exposeString('description', {
        description: 'The organization’s description of itself.',
      }),
      disabled: t.exposeBoolean('disabled', {
        description: 'Whether the organization is disabled.',
      }),
      sharing: t.exposeString('sharing', {
        description: 'How the organization’s dashboards may be shared, as Datadog names it.',
      }),
      url: t.expose('url', { type: 'URL', description: 'The organization’s URL.' }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        description: 'When the organization was created.',
      }),
      modifiedAt: t.expose('modifiedAt', {
        type: 'DateTime',
        description: 'When the organization was last modified.',
      }),
    }),
  });
}
