import { v1 } from '../../fixtures/heygen.ts';
import { json, type Script, startUpstream } from '../../support/upstream.ts';
import { CURRENT_USERS, FORBIDDEN_ROLE, HEYGEN_USERS, RESOURCES } from './callers.ts';

/** Datadog, which knows people by their keys, and a user and a role by their ids. */
export function startDatadog() {
  return startUpstream((...call) => {
    const [, { path, headers }] = call;
    const current = CURRENT_USERS[String(headers['dd-api-key'])];
    const resource = path.replace('/api/v2/', '');
    const found = resource === 'current_user' ? current : RESOURCES[resource];
    const isForbidden = current === undefined || resource === `roles/${FORBIDDEN_ROLE}`;
    answer(isForbidden ? 403 : 404, isForbidden ? undefined : found)(...call);
  });
}

/** HeyGen, which knows people by their keys. */
export function startHeyGen() {
  return startUpstream((...call) => {
    const [, { headers }] = call;
    const found = HEYGEN_USERS[String(headers['x-api-key'])];
    answer(401, found && v1(found))(...call);
  });
}

function answer(statusElse: number, found: unknown): Script {
  return found === undefined ? json({ errors: ['no'], message: 'no' }, statusElse) : json(found);
}
