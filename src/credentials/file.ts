import { z } from 'zod';
import type { Current } from '../lib/current.ts';
import { hasDuplicateMembers, isJsonObject } from '../lib/json.ts';
import { type Entry, type EntryParts, strictEntry } from './entry.ts';
import type { CredentialStore } from './store.ts';

/** About 20,000 people, whose entries take 0.3 s of the event loop each time that they are read. */
export const MAX_FILE_BYTES = 4 * 1024 ** 2;

/** The entries of a file, by the person's subject at JWT_ISSUER. */
export type Entries = ReadonlyMap<string, Entry>;

/** Reads the text of a file: `{ "<subject>": { "<provider's field>": { … } } }`. */
export function entriesIn(parts: EntryParts): z.ZodType<Entries, string> {
  return z
    .string()
    .transform((text, context) => {
      try {
        const value: unknown = JSON.parse(text);
        if (!hasDuplicateMembers(text, value)) return toMap(value);
        context.addIssue('must have no object with two members of the same name');
      } catch {
        // The parser's own message would quote the text.
        context.addIssue('must be JSON');
      }
      return z.NEVER;
    })
    .pipe(z.map(z.string(), strictEntry(parts), 'must be an object'));
}

/** As a record, it would lose the subject `__proto__`. */
function toMap(value: unknown): unknown {
  return isJsonObject(value) ? new Map(Object.entries(value)) : value;
}

/** Serves the entries of CREDENTIALS_FILE. */
export function createFileStore(entries: Current<Entries>): CredentialStore {
  return {
    find: ({ subject }) => entries.value.get(subject),
    // The file is watched, so what it had is what it has.
    reject() {},
  };
}
