import type { User } from './model.ts';

/** One request's view of HeyGen. */
export interface Session {
  /** Asked for once, when the first field wants it. @throws {RolecallError} where HeyGen does not give it */
  viewer(): Promise<User>;
}

export function openSession(fetchCurrentUser: () => Promise<User>): Session {
  let viewer: Promise<User> | undefined;
  return {
    viewer() {
      viewer ??= fetchCurrentUser();
      return viewer;
    },
  };
}
