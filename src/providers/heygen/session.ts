import { once } from '../../lib/once.ts';
import type { User } from './model.ts';

/** One request's view of HeyGen. */
export interface Session {
  /** HeyGen is asked when the first field wants it. @throws {RolecallError} where HeyGen does not give it */
  readonly viewer: () => Promise<User>;
}

export function openSession(fetchCurrentUser: () => Promise<User>): Session {
  return { viewer: once(fetchCurrentUser) };
}
