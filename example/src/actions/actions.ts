/** Something that people do in this application, if they may. */
export interface Action {
  readonly label: string;
  /** The permission that Datadog asks for. */
  readonly permission: string;
  /** Who can give a role that grants it. Rolecall does not know that: the application does. */
  readonly contact: Contact;
}

interface Contact {
  readonly name: string;
  readonly email: string;
}

const observability = { name: 'Observability', email: 'observability@sandbox.example' };
const incidents = { name: 'Incident response', email: 'incidents@sandbox.example' };
const finance = { name: 'Finance', email: 'finance@sandbox.example' };
const administrators = { name: 'Administrators', email: 'admins@sandbox.example' };

export const ACTIONS: readonly Action[] = [
  { label: 'Edit dashboard', permission: 'dashboards_write', contact: observability },
  { label: 'Declare incident', permission: 'incidents_write', contact: incidents },
  { label: 'Mute monitor', permission: 'monitors_downtime_write', contact: incidents },
  { label: 'Archive logs', permission: 'logs_archives_write', contact: observability },
  { label: 'Read the bill', permission: 'billing_read', contact: finance },
  { label: 'Toggle feature', permission: 'feature_flags_write', contact: administrators },
  { label: 'Revoke API key', permission: 'api_keys_delete', contact: administrators },
  { label: 'Change settings', permission: 'org_settings_write', contact: administrators },
];
