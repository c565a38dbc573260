import { once } from '../../lib/once.ts';
import type { User } from './model.ts';

/** HeyGen's session of one request. */
export interface Session {
  /** Calls HeyGen when the first field needs it. @throws {RolecallError} if HeyGen does not return the user */
  readonly viewer: () => Promise<User>;
}

export function openSession(fetchCurrentUser: () => Promise<User>): Session {
  return { viewer: once(fetchCurrentUser) };
}
