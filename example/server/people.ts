/** One of the sandbox's people. The keys stay on this side: the page gets `id`, `name` and `note`. */
export interface PersonWithKeys {
  readonly id: string;
  readonly name: string;
  /** What to look at. */
  readonly note: string;
  /** The keys per vendor; a vendor without one is not connected. */
  readonly keys: Readonly<Record<Vendor, string | undefined>>;
}

export const VENDORS = ['datadog', 'heygen'] as const;
export type Vendor = (typeof VENDORS)[number];

/** Keys for which the sandbox's vendors are down, and which they do not know. */
export const UNAVAILABLE_KEY = 'sandbox-key-outage';
export const REVOKED_KEY = 'sandbox-key-revoked';

/** Where a real backend asks its secret store for the keys of the person in its session. */
export const people: readonly PersonWithKeys[] = [
  both('robin', 'Robin Sandbox', 'A site reliability engineer with four roles.'),
  both('rowan', 'Rowan Sandbox', 'A platform engineer with two roles.'),
  datadogOnly('riley', 'Riley Sandbox', 'A controller with one role, and no account at HeyGen.'),
  both('reese', 'Reese Sandbox', 'An administrator: 402 permissions, and a role that is empty.'),
  both('remy', 'Remy Sandbox', 'A consultant with a role whose permissions are not known.'),
  datadogOnly('rene', 'Rene Sandbox', 'A new colleague without a role.'),
  datadogOnly('deployment', 'Deployment Sandbox', 'A service account.'),
];

function both(id: string, name: string, note: string): PersonWithKeys {
  const key = `sandbox-key-${id}`;
  return { id, name, note, keys: { datadog: key, heygen: key } };
}

function datadogOnly(id: string, name: string, note: string): PersonWithKeys {
  return { id, name, note, keys: { datadog: `sandbox-key-${id}`, heygen: undefined } };
}
