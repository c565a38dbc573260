import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { constants, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { lengthPrefixed } from '../lib/length-prefixed.ts';
import type { Place } from './places.ts';
import type { StoredResponse } from './store.ts';

/** Of the format. Entries of other versions are not read. */
const VERSION = 1;
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
const START_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
/** Shorter bodies gain nothing. */
const MIN_COMPRESSED_BYTES = 256;

/** The longest entry that is stored or read, compressed and encrypted. Real bodies of 2 MB take 60 KB. */
export const MAX_ENTRY_BYTES = 1024 ** 2;

/** A response with the time for which it was stored. */
export interface Entry {
  readonly response: StoredResponse;
  readonly lifetimeMs: number;
}

/** Why an entry is not used. The message completes "an entry is not used: it ...". */
export class EntryRefused extends Error {
  override readonly name = 'EntryRefused';
}

/** The latest that a Date can be. */
const MAX_TIME = 8.64e15;

/** Precedes the body, as JSON. */
const head = z.object({
  status: z.int().min(200).max(299),
  encoding: z.string().optional(),
  receivedAt: z.int().min(0).max(MAX_TIME),
  lifetimeMs: z.int().min(0),
});

/**
 * Encrypts a response with AES-256-GCM: version, nonce, tag, ciphertext. Neither an entry nor the secret reveals anything
 * to those who lack the credentials. The name, the URL and the version are authenticated, so that an entry opens in its
 * own place only.
 * @throws {EntryRefused} if it is too large
 */
export function seal({ response, lifetimeMs }: Entry, place: Place): Buffer {
  const { bytes, ...about } = compressed(response);
  const own: z.infer<typeof head> = { ...about, lifetimeMs };
  const plain = Buffer.concat([lengthPrefixed([JSON.stringify(own)]), bytes]);
  if (START_BYTES + plain.length > MAX_ENTRY_BYTES) throw tooLarge();
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, place.encryptionKey, nonce).setAAD(dataOf(place));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), encrypted]);
}

/** @throws {EntryRefused} if it is not an entry of this version that was sealed for this place */
export function open(sealed: Buffer, place: Place): Entry {
  if (sealed.length > MAX_ENTRY_BYTES) throw tooLarge();
  if (sealed[0] !== VERSION) throw new EntryRefused('has another version');
  return read(decrypt(sealed, place));
}

/** Whoever wrote this has the secret and the credentials, but may be another release. */
function read(plain: Buffer): Entry {
  try {
    const bodyStart = LENGTH_BYTES + plain.readUInt32BE(0);
    const text = plain.toString('utf8', LENGTH_BYTES, bodyStart);
    const { lifetimeMs, encoding, ...about } = head.parse(JSON.parse(text));
    return { response: { ...about, encoding, bytes: plain.subarray(bodyStart) }, lifetimeMs };
  } catch {
    throw new EntryRefused('cannot be read');
  }
}

function decrypt(sealed: Buffer, place: Place): Buffer {
  try {
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, place.encryptionKey, nonce, {
      authTagLength: TAG_BYTES,
    })
      .setAAD(dataOf(place))
      .setAuthTag(sealed.subarray(1 + NONCE_BYTES, START_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(START_BYTES)), decipher.final()]);
  } catch {
    throw new EntryRefused('cannot be decrypted');
  }
}

function dataOf({ name, url }: Place): Buffer {
  return lengthPrefixed([String(VERSION), name, url]);
}

/** As a vendor would compress it, so that it stays compressed until its body is read, within the limit for bodies. */
function compressed(response: StoredResponse): StoredResponse {
  const { encoding, bytes } = response;
  if (encoding !== undefined || bytes.length < MIN_COMPRESSED_BYTES) return response;
  // Quick rather than small: most vendors compress their responses themselves.
  const shorter = gzipSync(bytes, { level: constants.Z_BEST_SPEED });
  return shorter.length < bytes.length
    ? { ...response, encoding: 'gzip', bytes: shorter }
    : response;
}

export function tooLarge(): EntryRefused {
  return new EntryRefused(`has more than ${MAX_ENTRY_BYTES} bytes`);
}
