import { isAbsolute } from 'node:path';
import { readTextFile, type TextFile } from '../lib/watched-files.ts';
import type { Provider } from '../providers/provider.ts';
import { keyVariables as serverVariables } from '../server/settings.ts';

/** Longer than any list of tokens. */
export const MAX_FILE_BYTES = 64 * 1024;

/** What stands in files, by the variable that it is the value of; undefined where no absolute path is given. */
export type FileValues = ReadonlyMap<string, TextFile | undefined>;

/** The variable that holds the path of a file with this variable's value. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

/** The variables whose values may stand in files; those of a group are used together. */
export function groupsOf(providers: readonly Provider[]): readonly (readonly string[])[] {
  return [...providers.map(({ keyVariables }) => keyVariables), serverVariables];
}

/**
 * Reads the files that variables name, but for those that SANDBOX=1 makes ignored.
 * What is wrong with a file is for `readConfig` to report, together with everything else.
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

/** A path that is not absolute may be a key that was set by the wrong name, so it is not to be shown. */
async function readFileAt(path: string): Promise<TextFile | undefined> {
  return isAbsolute(path) ? readTextFile(path, MAX_FILE_BYTES) : undefined;
}

/** The variables with the values of the files among them: no text where there is none, which no key may be. */
export function withFileValues(
  set: Readonly<Record<string, string>>,
  files: FileValues,
): Readonly<Record<string, string>> {
  const texts = Array.from(files, ([name, file]) => [name, file?.text ?? '']);
  return { ...set, ...Object.fromEntries(texts) };
}

/** A sentence on the value of a variable, wherever that stands. @param complaint begins with "must" */
export function problemText(name: string, complaint: string, files: FileValues): string {
  if (!files.has(name)) return `${name} ${complaint}.`;
  const file = files.get(name);
  if (file === undefined) return `${fileVariable(name)} must be an absolute path.`;
  const { path, problem } = file;
  return problem === undefined
    ? `${fileVariable(name)}: the content of ${path} ${complaint}.`
    : `${fileVariable(name)}: the file ${path} ${problem}.`;
}

/** Sentences on the files that every user of the machine may read. */
export function exposureTexts(files: FileValues): readonly string[] {
  return Array.from(files).flatMap(([name, file]) =>
    file?.isExposed
      ? [
          `${fileVariable(name)}: every user of this machine may read ${file.path}. Restrict its mode (\`chmod o-r\`, or \`defaultMode: 0440\` in Kubernetes).`,
        ]
      : [],
  );
}
