import { ShapeError } from '../lib/json.ts';
import type { Secret } from '../lib/secret.ts';
import { readErrorBody, type UpstreamResponse } from './response.ts';
import type { Reader, Vendor } from './vendor.ts';
import { responseError, shapeError } from './vendor-error.ts';

/**
 * The value in a successful response.
 * @param body the parsed JSON; undefined if it is not JSON
 * @param secrets the call's keys, which are redacted from the vendor's messages
 * @throws {RolecallError} if the body is an error or does not have the documented shape
 */
export function readSuccess<T>(
  vendor: Vendor,
  response: UpstreamResponse,
  body: unknown,
  reader: Reader<T>,
  secrets: readonly Secret[],
): T {
  if (body === undefined) throw shapeError(vendor, response, 'it is not JSON');
  if (reader.isError?.(body)) throw toError(vendor, response, body, reader, secrets);
  try {
    return reader.read(body);
  } catch (error) {
    if (error instanceof ShapeError) throw shapeError(vendor, response, error.message);
    throw error;
  }
}

/**
 * The value that an unsuccessful response stands for.
 * @throws {RolecallError} if it stands for none
 */
export function readFailure<T>(
  vendor: Vendor,
  response: UpstreamResponse,
  reader: Reader<T>,
  secrets: readonly Secret[],
): T {
  const body = readErrorBody(response);
  const value = reader.readStatus?.(response.status, body);
  if (value === undefined) throw toError(vendor, response, body, reader, secrets);
  return value;
}

function toError(
  vendor: Vendor,
  response: UpstreamResponse,
  body: unknown,
  { permissionHint = vendor.permissionHint }: Reader<unknown>,
  secrets: readonly Secret[],
): Error {
  const { words, code } = vendor.readError(body);
  return responseError({ ...vendor, permissionHint }, response, words, secrets, code);
}
