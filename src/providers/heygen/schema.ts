import type { Builder, TypeRef } from '../../schema/builder.ts';
import type { User } from './model.ts';

export function defineUser(builder: Builder): TypeRef<User> {
  return builder.objectRef<User>('HeyGenUser').implement({
    description: 'A user of HeyGen.',
    interfaces: ['User'],
    fields: (t) => ({
      firstName: t.exposeString('firstName', { nullable: true, description: 'The first name.' }),
      lastName: t.exposeString('lastName', { nullable: true, description: 'The last name.' }),
    }),
  });
}
