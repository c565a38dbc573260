import { isAbsolute } from 'node:path';
import { readTextFile, type TextFile } from '../lib/watched-files.ts';
import type { Provider } from '../providers/provider.ts';
import { keyVariables as serverVariables } from '../server/settings.ts';

/** Longer than any list of tokens. */
export const MAX_FILE_BYTES = 64 * 1024;

/** Files by the variables whose values they contain; undefined if the path is not absolute. */
export type FileValues = ReadonlyMap<string, TextFile | undefined>;

/** The variable that holds the path of a file with this variable's value. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

/** The variables whose values may be in files; those of a group are used together. */
export function groupsOf(providers: readonly Provider[]): readonly (readonly string[])[] {
  return [...providers.map(({ keyVariables }) => keyVariables), serverVariables];
}

/**
 * Reads the files that variables name, except for those that SANDBOX=1 ignores.
 * `readConfig` reports what is wrong with them, together with everything else.
 */
export async function readFileValues(
  environment: Readonly<Record<string, string | undefined>>,
  providers: readonly Provider[],
): Promise<FileValues> {
  const names = groupsOf(environment['SANDBOX'] === '1' ? [] : providers).flat();
  const values = names.map(async (name) => {
    const path = environment[fileVariable(name)]?.trim();
    return path ? [[name, await readFileAt(path)] as const] : [];
  });
  return new Map((await Promise.all(values)).flat());
}

/** A path that is not absolute may be a key, set by the wrong name, so no message may show it. */
async function readFileAt(path: string): Promise<TextFile | undefined> {
  return isAbsolute(path) ? readTextFile(path, MAX_FILE_BYTES) : undefined;
}

/** The variables, with the values from files. A file with a problem gives an empty text, which every schema of a key refuses. */
export function withFileValues(
  set: Readonly<Record<string, string>>,
  files: FileValues,
): Readonly<Record<string, string>> {
  const texts = Array.from(files, ([name, file]) => [name, file?.text ?? '']);
  return { ...set, ...Object.fromEntries(texts) };
}

/** Says what is wrong with a variable or its file. @param complaint begins with "must" */
export function problemText(name: string, complaint: string, files: FileValues): string {
  if (!files.has(name)) return `${name} ${complaint}.`;
  const file = files.get(name);
  if (file === undefined) return `${fileVariable(name)} must be an absolute path.`;
  const { path, problem } = file;
  return problem === undefined
    ? `${fileVariable(name)}: the content of ${path} ${complaint}.`
    : `${fileVariable(name)}: the file ${path} ${problem}.`;
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
