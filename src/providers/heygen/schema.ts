import { type Builder, objectRef, type TypeRef } from '../../schema/builder.ts';
import type { Sessions } from '../../schema/provider.ts';
import type { User } from './model.ts';
import type { Session } from './session.ts';

export function defineUser(builder: Builder, sessions: Sessions<Session>): TypeRef<User> {
  const user = objectRef<User>(builder, 'HeyGenUser');
  // HeyGen's API returns no other user than the key's owner.
  builder.asEntity(user, {
    key: builder.selection<{ id: string }>('id'),
    async resolveReference({ id }, context) {
      const viewer = await sessions.toAsk(context)?.viewer();
      return viewer?.id === id ? viewer : null;
    },
  });
  return user.implement({
    description: 'A HeyGen user.',
    interfaces: ['User'],
    fields: (t) => ({
      firstName: t.exposeString('firstName', {
        description: 'The user’s first name.',
      }),
      lastName: t.exposeString('lastName', {
        description: 'The user’s last name.',
      }),
    }),
  });
}
