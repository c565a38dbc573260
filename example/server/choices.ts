import type { IncomingHttpHeaders } from 'node:http';
import { people, REVOKED_KEY, UNAVAILABLE_KEY, VENDORS, type Vendor } from './people.ts';

const SLOW_MS = 2_500;

/** What a request's headers choose. */
export interface Chosen {
  /** The headers with the keys, for Rolecall. */
  readonly keyHeaders: Readonly<Record<string, string>>;
  /** How long the response is held back, in milliseconds. */
  readonly delay: number;
}

/**
 * Reads the headers by which the page chooses: they name a person and a vendor's state, and hold no key. A real backend
 * takes the person from its session.
 * @returns undefined if there is no such person
 */
export function readChoices(headers: IncomingHttpHeaders): Chosen | undefined {
  const person = people.find(({ id }) => id === headers['x-person']);
  if (person === undefined) return undefined;
  const keyHeaders = VENDORS.map((vendor) =>
    headersOf(vendor, keyIn(headers[`x-${vendor}`], person.keys[vendor])),
  );
  return {
    keyHeaders: Object.assign({}, ...keyHeaders),
    delay: headers['x-network'] === 'slow' ? SLOW_MS : 0,
  };
}

function keyIn(state: string | string[] | undefined, key: string | undefined) {
  if (state === 'unavailable') return UNAVAILABLE_KEY;
  if (state === 'revoked') return REVOKED_KEY;
  return state === 'disconnected' ? undefined : key;
}

/** As `CREDENTIALS=request` expects them. */
function headersOf(vendor: Vendor, key: string | undefined): Record<string, string> {
  if (key === undefined) return {};
  return vendor === 'datadog'
    ? { 'dd-api-key': key, 'dd-application-key': key }
    : { 'x-heygen-api-key': key };
}
