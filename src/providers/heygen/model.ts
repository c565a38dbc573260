import type { JsonObject } from '../../lib/json.ts';
import type { UserShape } from '../../schema/builder.ts';
import type { Lenient } from '../../schema/lenient.ts';
import { firstText, valueReader } from '../value-reader.ts';
import { vendor } from './vendor.ts';

export interface User extends UserShape {
  readonly firstName: Lenient<string>;
  readonly lastName: Lenient<string>;
}

const read = valueReader(vendor);

/**
 * HeyGen's user, in v1 or v3; undefined if `data` has no username, the only required member.
 * https://docs.heygen.com/reference/get-current-user-information
 */
export function toUser(data: JsonObject): User | undefined {
  const { username } = data;
  if (typeof username !== 'string' || username === '') return undefined;
  const email = read.email(data, 'email');
  const firstName = read.text(data, 'first_name');
  const lastName = read.text(data, 'last_name');
  const names = [firstName, lastName].map((name) => firstText(name)?.trim()).filter(Boolean);
  return {
    __typename: 'HeyGenUser',
    provider: vendor.name,
    id: username,
    username,
    displayName: firstText(names.join(' '), email) ?? username,
    email,
    firstName,
    lastName,
  };
}
