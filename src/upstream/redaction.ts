import { lowerAscii } from '../lib/ascii.ts';
import type { Secret } from '../lib/secret.ts';

const REDACTED = '[redacted]';

/** A run of this many characters of a key must not be shown. */
const TELLING = 12;
/** A shorter key is only searched for whole and unencoded, because parts of it occur in any text. */
const SHORT = 8;

const ALPHANUMERIC = /[A-Za-z0-9]/;
const OTHERS = /[^A-Za-z0-9]+/g;
const BYTE_BITS = 8;

/** A text in another form, with the original position of each character. */
interface View {
  readonly text: string;
  /** For each character: the first and the last character of the original that it comes from. */
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/**
 * The text with every run of 12 characters of a key blotted out (of a key with 8 to 12, all but one): a vendor may echo
 * what it was sent. Found in any case, split by whatever is neither letter nor digit, and as percent encoding
 * (RFC 3986, 2.1), hexadecimal digits, base64 or base64url (RFC 4648).
 * Takes time in proportion to the text, which is to be a short one: a dozen looks at each character.
 */
export function redact(text: string, secrets: readonly Secret[]): string {
  const plain = identity(text);
  const written = [plain, percentDecoded(plain)];
  const views = [...written, ...decodings(plain)];
  const split = written.map((view) => filter(view, ALPHANUMERIC));
  const isBlot = new Uint8Array(text.length);
  for (const secret of secrets) {
    const key = lowerAscii(secret.reveal());
    if (key.length < SHORT) {
      mark(plain, [key], isBlot);
      continue;
    }
    const runs = runsOf(key);
    for (const view of views) mark(view, runs, isBlot);
    const letters = runs.map((run) => run.replace(OTHERS, '')).filter(isLong);
    for (const view of split) mark(view, letters, isBlot);
  }
  return blotted(text, isBlot);
}

/** The parts of a key that must not be shown. */
function runsOf(key: string): readonly string[] {
  const size = Math.min(TELLING, key.length - 1);
  return Array.from({ length: key.length - size + 1 }, (_, start) =>
    key.slice(start, start + size),
  );
}

function isLong({ length }: string): boolean {
  return length >= SHORT - 1;
}

function mark({ text, first, last }: View, runs: readonly string[], isBlot: Uint8Array): void {
  const lower = lowerAscii(text);
  const wanted = new Set(runs);
  for (const size of new Set(runs.map(({ length }) => length))) {
    for (let start = 0; start + size <= lower.length; start += 1) {
      if (!wanted.has(lower.slice(start, start + size))) continue;
      isBlot.fill(1, first[start], (last[start + size - 1] ?? 0) + 1);
    }
  }
}

function blotted(text: string, isBlot: Uint8Array): string {
  let result = '';
  for (let i = 0; i < text.length; i += 1) {
    if (isBlot[i] === 0) result += text[i];
    else if (i === 0 || isBlot[i - 1] === 0) result += REDACTED;
  }
  return result;
}

/** Decodes the text in every supported encoding, from each offset at which the encoding may begin. */
function decodings(plain: View): readonly View[] {
  const hex = filter(plain, /[0-9A-Fa-f]/);
  const base64 = [ALPHANUMERIC, /[A-Za-z0-9+/_-]/].map((alphabet) => filter(plain, alphabet));
  return [
    ...[0, 1].map((start) => decoded(hex, start, 'hex', 4)),
    ...base64.flatMap((view) => [0, 1, 2, 3].map((start) => decoded(view, start, 'base64', 6))),
  ];
}

function identity(text: string): View {
  const places = Array.from({ length: text.length }, (_, index) => index);
  return { text, first: places, last: places };
}

function filter({ text, first, last }: View, wanted: RegExp): View {
  const kept = Array.from({ length: text.length }, (_, index) => index).filter((index) =>
    wanted.test(text.charAt(index)),
  );
  return {
    text: kept.map((index) => text.charAt(index)).join(''),
    first: kept.map((index) => first[index] ?? 0),
    last: kept.map((index) => last[index] ?? 0),
  };
}

function percentDecoded({ text }: View): View {
  const parts = [...text.matchAll(/%([0-9A-Fa-f]{2})|./gs)];
  return {
    text: parts
      .map(([part, code]) => (code === undefined ? part : String.fromCharCode(parseInt(code, 16))))
      .join(''),
    first: parts.map(({ index }) => index),
    last: parts.map(({ index, 0: part }) => index + part.length - 1),
  };
}

/** @param bits per character of the encoding */
function decoded(
  { text, first, last }: View,
  start: number,
  encoding: 'hex' | 'base64',
  bits: number,
): View {
  const bytes = Buffer.from(text.slice(start), encoding);
  const placeOfBit = (bit: number) => start + Math.floor(bit / bits);
  const places = Array.from(bytes, (_, index) => index * BYTE_BITS);
  return {
    text: bytes.toString('latin1'),
    first: places.map((bit) => first[placeOfBit(bit)] ?? 0),
    last: places.map((bit) => last[placeOfBit(bit + BYTE_BITS - 1)] ?? 0),
  };
}
