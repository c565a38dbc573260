import { ref, role, type UserDocument, userDocument, uuid } from '../../fixtures/datadog.ts';
import { user } from '../../fixtures/heygen.ts';

/** The headers of a caller of the gateway. */
export type Headers = Readonly<Record<string, string>>;

export const ADA: Headers = {
  'DD-API-KEY': 'ada-api-key',
  'DD-APPLICATION-KEY': 'ada-app-key',
  'DD-SITE': 'datadoghq.eu',
  'X-HeyGen-Api-Key': 'ada-heygen-key',
};

export const BOB: Headers = {
  'DD-API-KEY': 'bob-api-key',
  'DD-APPLICATION-KEY': 'bob-app-key',
  'X-HeyGen-Api-Key': 'bob-heygen-key',
};

export const ADA_ID = uuid(1, 1);
export const BOB_ID = uuid(1, 2);
/** Datadog returns only her id. */
export const OLGA_ID = uuid(1, 3);

export const HELD_ROLE = uuid(3, 1);
/** Datadog returns only its id. */
export const FETCHED_ROLE = uuid(3, 2);
export const FORBIDDEN_ROLE = uuid(3, 8);
export const UNKNOWN = uuid(9, 9);

function person(id: string, name: string): UserDocument {
  const { data } = userDocument({
    attributes: { name },
    relationships: { roles: { data: [ref('roles', HELD_ROLE)] } },
  });
  return { data: { ...data, id }, included: [role(1, [])] };
}

/** Datadog's responses about the current user, by API key. */
export const CURRENT_USERS: Readonly<Record<string, UserDocument>> = {
  'ada-api-key': person(ADA_ID, 'Ada Fictional'),
  'bob-api-key': person(BOB_ID, 'Bob Fictional'),
};

/** Datadog's responses to every valid key, by path. */
export const RESOURCES: Readonly<Record<string, unknown>> = {
  [`users/${OLGA_ID}`]: person(OLGA_ID, 'Olga Fictional'),
  [`roles/${FETCHED_ROLE}`]: { data: role(2, []) },
};

/** HeyGen's responses, by key. */
export const HEYGEN_USERS: Readonly<Record<string, unknown>> = {
  'ada-heygen-key': user,
  'bob-heygen-key': { ...user, username: 'bob', first_name: 'Bob' },
};
