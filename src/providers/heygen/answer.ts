import type { ErrorCode, RolecallError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { Secret } from '../../lib/secret.ts';
import { isSuccess, type Reply } from '../../upstream/reply.ts';
import { codeOfStatus, replyError, shapeError, type Vendor } from '../../upstream/vendor-error.ts';
import { toUser, type User } from './model.ts';

/** HeyGen's own error codes; they mean more than the HTTP status that they come with. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400112: 'UPSTREAM_UNAUTHENTICATED', // unauthorized
  40009: 'UPSTREAM_UNAUTHENTICATED', // invalid credentials
  401056: 'UPSTREAM_UNAUTHENTICATED', // token expired
  401057: 'UPSTREAM_UNAUTHENTICATED', // invalid access token
  400573: 'UPSTREAM_FORBIDDEN', // permission denied
  400562: 'UPSTREAM_FORBIDDEN', // forbidden
  400631: 'UPSTREAM_FORBIDDEN', // user blocked
  400101: 'UPSTREAM_NOT_FOUND', // user not found
  40001: 'UPSTREAM_REJECTED', // missing parameters
};

const SUCCESS = 100;

/**
 * The user that v1 answers with: HTTP 2xx, code 100 and `data`. https://docs.heygen.com/reference/get-current-user-information
 * @throws {RolecallError} where it is no such answer
 */
export function readV1(vendor: Vendor, reply: Reply, body: unknown, key: Secret): User {
  if (!isSuccess(reply) || (numericCode(body) ?? SUCCESS) !== SUCCESS) {
    throw refusal(vendor, reply, body, key);
  }
  if (numericCode(body) !== SUCCESS) throw shapeError(vendor, reply, shape(body, '`code` of 100'));
  return readUser(vendor, reply, body);
}

/**
 * The user that v3 answers with: HTTP 2xx and `data`; an error is `{"error": {"code", "message"}}`.
 * @throws {RolecallError} where it is no such answer
 */
export function readV3(vendor: Vendor, reply: Reply, body: unknown, key: Secret): User {
  const failed = isJsonObject(body) && (body['error'] ?? null) !== null;
  if (!isSuccess(reply) || failed) {
    throw refusal(vendor, reply, body, key);
  }
  return readUser(vendor, reply, body);
}

/** Does the answer say that the route itself is gone, rather than that HeyGen refuses something? */
export function isRouteGone(reply: Reply, body: unknown): boolean {
  if (reply.status !== 404 && reply.status !== 410) return false;
  const code = numericCode(body);
  // Frameworks repeat the HTTP status as a code of their own.
  return code === undefined || code === reply.status;
}

function readUser(vendor: Vendor, reply: Reply, body: unknown): User {
  const data = isJsonObject(body) ? body['data'] : undefined;
  const user = isJsonObject(data) ? toUser(data) : undefined;
  if (user === undefined) throw shapeError(vendor, reply, shape(body, '`data` with a `username`'));
  return user;
}

function refusal(vendor: Vendor, reply: Reply, body: unknown, key: Secret): RolecallError {
  const known = CODES[numericCode(body) ?? SUCCESS];
  const words = isJsonObject(body) ? vendorWords(body) : undefined;
  return replyError(vendor, reply, words, [key], known ?? codeOfStatus(reply.status));
}

/** The text of an error body, in the order in which HeyGen's versions put it. */
function vendorWords(body: JsonObject): string | undefined {
  const { error, message, msg, detail } = body;
  const texts = isJsonObject(error) ? [error['message']] : [error];
  return [...texts, message, msg, detail].find(
    (text): text is string => typeof text === 'string' && text !== '',
  );
}

/** A `code` that is a number; v2-style bodies carry a misleading text there. */
function numericCode(body: unknown): number | undefined {
  const code = isJsonObject(body) ? body['code'] : undefined;
  return typeof code === 'number' ? code : undefined;
}

function shape(body: unknown, wanted: string): string {
  return body === undefined ? 'it is not JSON' : `it has no ${wanted}`;
}
