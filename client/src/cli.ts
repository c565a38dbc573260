#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { declarationOf, namesIn } from './cli/declaration.ts';
import { fetchHeldNames } from './cli/held-names.ts';
import { RolecallError } from './errors.ts';

const USAGE = `Usage: rolecall-client types --out FILE [--url URL [--header 'NAME: VALUE']...] [--names FILE]

Writes a declaration file that makes permission names types: those that the person holds who asks at
--url, and those in the file of --names (one a line). At least one of the two is needed.
`;

/** A mistake in the arguments. */
class UsageError extends Error {}

interface Arguments {
  readonly out: string;
  readonly url: string | undefined;
  readonly headers: Headers;
  readonly names: string | undefined;
}

/** Null if they ask for help. */
function read(args: readonly string[]): Arguments | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  const { out, url, names, header = [] } = values;
  if (positionals.join(' ') !== 'types') throw new UsageError('The only command is `types`.');
  if (out === undefined) throw new UsageError('--out is missing.');
  if (url === undefined && names === undefined) {
    throw new UsageError('Give --url, --names or both.');
  }
  if (url !== undefined && !(URL.canParse(url) && /^https?:/i.test(url))) {
    throw new UsageError('--url must be a URL with http or https.');
  }
  return { out, url, headers: headersOf(header), names };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        url: { type: 'string' },
        names: { type: 'string' },
        header: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch {
    // Without the message, which quotes arguments: one may be a token.
    throw new UsageError('The arguments cannot be read.');
  }
}

function headersOf(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(':');
    try {
      headers.append(line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim());
    } catch {
      throw new UsageError("A --header is not of the form 'NAME: VALUE'.");
    }
  }
  return headers;
}

async function main(args: readonly string[]): Promise<void> {
  const request = read(args);
  if (request === null) {
    process.stdout.write(USAGE);
    return;
  }
  const { out, url, headers, names } = request;
  const held = url === undefined ? [] : await fetchHeldNames({ url, headers });
  const listed = names === undefined ? [] : namesIn(await readFile(names, 'utf8'));
  const all = new Set([...held, ...listed]);
  await writeFile(out, declarationOf(all));
  console.log(`${out}: ${all.size} permission names`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isFile = error instanceof Error && 'syscall' in error;
  if (!(error instanceof UsageError || error instanceof RolecallError || isFile)) throw error;
  console.error(error.message);
  if (error instanceof UsageError) console.error(USAGE);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
