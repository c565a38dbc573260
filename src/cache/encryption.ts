import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
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

/** Precedes the body, as JSON. */
interface Head {
  readonly status: number;
  readonly encoding?: string;
  readonly receivedAt: number;
  readonly lifetimeMs: number;
  /** Was the body compressed here? */
  readonly isDeflated: boolean;
}

/**
 * Encrypts a response with AES-256-GCM: version, nonce, tag, ciphertext. Neither an entry nor the secret reveals anything
 * to those who lack the credentials. The name, the URL and the version are authenticated, so that an entry opens in its
 * own place only.
 * @throws {EntryRefused} if it is too large
 */
export function seal({ response, lifetimeMs }: Entry, place: Place): Buffer {
  const { status, encoding, receivedAt, bytes } = response;
  const deflated = encoding === undefined ? deflate(bytes) : bytes;
  const isDeflated = deflated.length < bytes.length;
  const head: Head = {
    status,
    ...(encoding !== undefined && { encoding }),
    receivedAt,
    lifetimeMs,
    isDeflated,
  };
  const plain = Buffer.concat([
    lengthPrefixed([JSON.stringify(head)]),
    isDeflated ? deflated : bytes,
  ]);
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
  const plain = decrypt(sealed, place);
  const bodyStart = LENGTH_BYTES + plain.readUInt32BE(0);
  const head: Head = JSON.parse(plain.toString('utf8', LENGTH_BYTES, bodyStart));
  const body = plain.subarray(bodyStart);
  return {
    response: {
      status: head.status,
      encoding: head.encoding,
      receivedAt: head.receivedAt,
      bytes: head.isDeflated ? inflateRawSync(body) : body,
    },
    lifetimeMs: head.lifetimeMs,
  };
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

/** Quick rather than small: most vendors compress their responses themselves. */
function deflate(bytes: Buffer): Buffer {
  if (bytes.length < MIN_COMPRESSED_BYTES) return bytes;
  return deflateRawSync(bytes, { level: constants.Z_BEST_SPEED });
}

export function tooLarge(): EntryRefused {
  return new EntryRefused(`has more than ${MAX_ENTRY_BYTES} bytes`);
}
