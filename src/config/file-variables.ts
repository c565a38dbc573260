import { isAbsolute } from 'node:path';
import type { z } from 'zod';
import { MAX_FILE_BYTES as MAX_ENTRIES_BYTES } from '../credentials/file.ts';
import { keyVariables as brokerVariables, FILE_VARIABLE } from '../credentials/settings.ts';
import { readTextFile, type TextFile } from '../lib/watched-files.ts';
import type { Provider } from '../providers/provider.ts';
import { keyVariables as redisVariables } from '../redis/settings.ts';
import { keyVariables as serverVariables } from '../server/settings.ts';

/** Longer than any list of tokens. */
const MAX_KEY_BYTES = 64 * 1024;
/** More problems of one file are only counted. */
const MAX_PROBLEMS = 20;
const PLAIN_NAME = /^[A-Za-z]\w*$/;
/** Longer names in problems are cut. */
const MAX_NAME_LENGTH = 100;

/** Files by the variables whose values they contain; undefined if the path is not absolute. */
export type FileValues = ReadonlyMap<string, TextFile | undefined>;

/** Variables whose values may be in files, and are used together. */
export interface FileGroup {
  readonly names: readonly string[];
  readonly maxBytes: number;
}

/** The variable that holds the path of a file with this variable's value. CREDENTIALS_FILE itself is always a path. */
export function fileVariable(name: string): string {
  return name === FILE_VARIABLE ? name : `${name}_FILE`;
}

export function groupsOf(providers: readonly Provider[]): readonly FileGroup[] {
  const keys = [
    ...providers.map(({ keyVariables }) => keyVariables),
    serverVariables,
    brokerVariables,
    ...redisVariables.map((name) => [name]),
  ];
  return [
    ...keys.map((names) => ({ names, maxBytes: MAX_KEY_BYTES })),
    { names: [FILE_VARIABLE], maxBytes: MAX_ENTRIES_BYTES },
  ];
}

/**
 * Reads the files that variables name, except for those that SANDBOX=1 ignores.
 * `readConfig` reports what is wrong with them, together with everything else.
 */
export async function readFileValues(
  environment: Readonly<Record<string, string | undefined>>,
  providers: readonly Provider[],
): Promise<FileValues> {
  const groups = groupsOf(environment['SANDBOX'] === '1' ? [] : providers);
  const values = groups.flatMap(({ names, maxBytes }) =>
    names.map(async (name) => {
      const path = environment[fileVariable(name)]?.trim();
      return path ? [[name, await readFileAt(path, maxBytes)] as const] : [];
    }),
  );
  return new Map((await Promise.all(values)).flat());
}

/** A path that is not absolute may be a key, set by the wrong name, so no message may show it. */
async function readFileAt(path: string, maxBytes: number): Promise<TextFile | undefined> {
  return isAbsolute(path) ? readTextFile(path, maxBytes) : undefined;
}

/** The variables, with the values from files. A file with a problem gives an empty text, which every schema of a key refuses. */
export function withFileValues(
  set: Readonly<Record<string, string>>,
  files: FileValues,
): Readonly<Record<string, string>> {
  const texts = Array.from(files, ([name, file]) => [name, file?.text ?? '']);
  return { ...set, ...Object.fromEntries(texts) };
}

/** Says what is wrong with variables or their files. The issues' messages begin with "must". */
export function problemTexts(
  issues: readonly z.core.$ZodIssue[],
  files: FileValues,
): readonly string[] {
  const texts = new Set(issues.map((issue) => problemText(issue, files)));
  const more = texts.size - MAX_PROBLEMS;
  return more > 0
    ? [...[...texts].slice(0, MAX_PROBLEMS), `${more} more problems like these.`]
    : [...texts];
}

function problemText(
  { path: [variable, ...members], message }: z.core.$ZodIssue,
  files: FileValues,
) {
  const name = String(variable);
  if (!files.has(name)) return `${name} ${message}.`;
  const file = files.get(name);
  if (file === undefined) return `${fileVariable(name)} must be an absolute path.`;
  const { path, problem } = file;
  if (problem !== undefined) return `${fileVariable(name)}: the file ${path} ${problem}.`;
  return members.length === 0
    ? `${fileVariable(name)}: the content of ${path} ${message}.`
    : `${fileVariable(name)}: in ${path}, ${members.map(memberText).join('.')} ${message}.`;
}

function memberText(member: PropertyKey): string {
  const name = String(member);
  const text = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  return PLAIN_NAME.test(text) ? text : JSON.stringify(text);
}

/** Warnings of files that every user of the machine may read. */
export function exposureTexts(files: FileValues): readonly string[] {
  return Array.from(files).flatMap(([name, file]) =>
    file?.isExposed
      ? [
          `${fileVariable(name)}: every user of this machine may read ${file.path}. Restrict its mode (\`chmod o-r\`, or \`defaultMode: 0440\` in Kubernetes).`,
        ]
      : [],
  );
}
