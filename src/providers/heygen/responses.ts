import { isJsonObject, ShapeError } from '../../lib/json.ts';
import type { Reader } from '../../upstream/vendor.ts';
import { toUser, type User } from './model.ts';
import { numericCode } from './vendor.ts';

const SUCCESS = 100;

/** v1: code 100 and `data`. https://docs.heygen.com/reference/get-current-user-information */
export const v1: Reader<User> = {
  isError: (body) => (numericCode(body) ?? SUCCESS) !== SUCCESS,
  read(body) {
    if (numericCode(body) !== SUCCESS) throw new ShapeError('its `code` is not 100');
    return readUser(body);
  },
};

/** v1, or null if the response says that its route is gone. */
export const v1WhileItLasts: Reader<User | null> = {
  ...v1,
  readStatus: (status, body) => (isRouteGone(status, body) ? null : undefined),
};

/** v3: `data`; an error is `{"error": {"code", "message"}}`. */
export const v3: Reader<User> = {
  isError: (body) => isJsonObject(body) && (body['error'] ?? null) !== null,
  read: readUser,
};

/** Does the response mean that the route is gone, rather than that HeyGen refuses the request? */
function isRouteGone(status: number, body: unknown): boolean {
  if (status !== 404 && status !== 410) return false;
  const code = numericCode(body);
  // Web frameworks repeat the HTTP status as `code`.
  return code === undefined || code === status;
}

function readUser(body: unknown): User {
  const data = isJsonObject(body) ? body['data'] : undefined;
  const user = isJsonObject(data) ? toUser(data) : undefined;
  if (user === undefined) throw new ShapeError('it has no `data.username`');
  return user;
}
