import { v1 } from '../../fixtures/heygen.ts';
import { fixtures, goodVendor } from '../../support/providers.ts';
import {
  json,
  type Script,
  type Seen,
  startUpstream,
  type Upstream,
} from '../../support/upstream.ts';
import { CURRENT_USERS, FORBIDDEN_ROLE, HEYGEN_USERS, RESOURCES } from './callers.ts';

/** Vendors that know the callers. Datadog also knows a user and a role by their IDs. */
const WITH_CALLERS: Readonly<Record<string, Script>> = {
  datadog: (...call) => {
    const [, { path, headers }] = call;
    const current = CURRENT_USERS[String(headers['dd-api-key'])];
    const resource = path.replace('/api/v2/', '');
    const found = resource === 'current_user' ? current : RESOURCES[resource];
    const isForbidden = current === undefined || resource === `roles/${FORBIDDEN_ROLE}`;
    foundOr(isForbidden ? 403 : 404, isForbidden ? undefined : found)(...call);
  },
  heygen: (...call) => {
    const [, { headers }] = call;
    const found = HEYGEN_USERS[String(headers['x-api-key'])];
    foundOr(401, found && v1(found))(...call);
  },
};

/** All vendors, by their providers' fields. Those without callers of their own respond to all callers alike. */
export async function startVendors() {
  await using started = new AsyncDisposableStack();
  const vendors: Record<string, Upstream> = {};
  const environment: Record<string, string> = {};
  for (const fixture of fixtures) {
    const { field } = fixture.provider;
    const vendor = started.use(await startUpstream(WITH_CALLERS[field] ?? goodVendor(fixture)));
    vendors[field] = vendor;
    environment[fixture.urlVariable] = vendor.url;
  }
  const everything = started.move();
  return {
    /** The variables of their base URLs. */
    environment,
    /** The requests that this provider's vendor received. */
    seen: (field: string): Seen[] => vendors[field]?.seen ?? [],
    forget() {
      for (const { seen } of Object.values(vendors)) seen.splice(0);
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function foundOr(statusElse: number, found: unknown): Script {
  return found === undefined ? json({ errors: ['no'], message: 'no' }, statusElse) : json(found);
}
