import { ShapeError } from '../lib/json.ts';
import type { Secret } from '../lib/secret.ts';
import { type Reply, readRefusal } from './reply.ts';
import type { Reader, Vendor } from './vendor.ts';
import { replyError, shapeError } from './vendor-error.ts';

/**
 * The value in a success.
 * @param body as JSON; undefined where it is not JSON
 * @param secrets what the call carried: they are redacted in the vendor's words
 * @throws {RolecallError} where the response says something else than it should
 */
export function readSuccess<T>(
  vendor: Vendor,
  reply: Reply,
  body: unknown,
  reader: Reader<T>,
  secrets: readonly Secret[],
): T {
  if (body === undefined) throw shapeError(vendor, reply, 'it is not JSON');
  if (reader.isError?.(body)) throw toError(vendor, reply, body, secrets);
  try {
    return reader.read(body);
  } catch (error) {
    if (error instanceof ShapeError) throw shapeError(vendor, reply, error.message);
    throw error;
  }
}

/**
 * The value that a response stands for which is no success.
 * @throws {RolecallError} where it stands for none
 */
export function readFailure<T>(
  vendor: Vendor,
  reply: Reply,
  reader: Reader<T>,
  secrets: readonly Secret[],
): T {
  const body = readRefusal(reply);
  const value = reader.readStatus?.(reply.status, body);
  if (value === undefined) throw toError(vendor, reply, body, secrets);
  return value;
}

function toError(vendor: Vendor, reply: Reply, body: unknown, secrets: readonly Secret[]): Error {
  const { words, code } = vendor.readError(body);
  return replyError(vendor, reply, words, secrets, code);
}
