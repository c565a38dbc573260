import type { Viewer } from 'rolecall-client';
import { AsOf, Facts } from './facts.tsx';
import { PersonHeading } from './person-heading.tsx';

export function HeyGenIdentity({ user }: { readonly user: NonNullable<Viewer['heygen']> }) {
  return (
    <>
      <PersonHeading name={user.displayName} title={null} />
      <Facts
        facts={{
          'First name': user.firstName,
          'Last name': user.lastName,
          Email: user.email,
          Username: <code className="id">{user.username}</code>,
        }}
      />
      <AsOf date={user.asOf} />
    </>
  );
}
