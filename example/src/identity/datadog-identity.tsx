import type { Viewer } from 'rolecall-client';
import { AsOf, Facts } from './facts.tsx';
import { PersonHeading } from './person-heading.tsx';

export function DatadogIdentity({ user }: { readonly user: NonNullable<Viewer['datadog']> }) {
  const isServiceAccount = user.serviceAccount === true;
  return (
    <>
      <PersonHeading
        name={user.displayName}
        title={user.title}
        isServiceAccount={isServiceAccount}
      />
      <Facts
        facts={{
          Organization: user.organization?.name,
          Email: user.email,
          Account: accountText(user.serviceAccount, user.status),
          'Multi-factor': mfaText(user.mfaEnabled),
          Roles: user.roles && <RoleNames roles={user.roles} />,
        }}
      />
      <AsOf date={user.asOf} />
    </>
  );
}

function accountText(isServiceAccount: boolean | null, status: string | null) {
  const kind = isServiceAccount === null ? null : isServiceAccount ? 'Service account' : 'Person';
  const parts = [kind, status?.toLowerCase()].filter((part) => part != null);
  return parts.length === 0 ? null : parts.join(', ');
}

function mfaText(isEnabled: boolean | null) {
  if (isEnabled === null) return null;
  return isEnabled ? 'On' : <strong className="warning-text">Off</strong>;
}

type Roles = NonNullable<NonNullable<Viewer['datadog']>['roles']>;

function RoleNames({ roles }: { readonly roles: Roles }) {
  if (roles.length === 0) return <span className="none">None</span>;
  return (
    <ul className="chips">
      {roles.map(({ id, name }) => (
        <li key={id}>{name ?? 'A role without a name'}</li>
      ))}
    </ul>
  );
}
