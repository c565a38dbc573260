import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

/** A parsed YAML file, of whatever kind. */
export type Manifest = any;

/** @throws {Error} if it is not valid YAML, or sets a key twice */
export function readManifest(path: string): Manifest {
  // Kubernetes reads YAML 1.1, in which 0440 is octal.
  const document = parseDocument(readFileSync(path, 'utf8'), { version: '1.1' });
  for (const error of [...document.errors, ...document.warnings]) throw error;
  return document.toJS();
}

/** The manifests in a folder, by the names of their files. */
export function readManifests(folder: string): ReadonlyMap<string, Manifest> {
  return new Map(readdirSync(folder).map((file) => [file, readManifest(join(folder, file))]));
}

/** The instructions of a Dockerfile's last stage, by their names in capitals; the last one of each name counts. */
export function readDockerfile(path: string): ReadonlyMap<string, string> {
  const lines = readFileSync(path, 'utf8').replaceAll('\\\n', '').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** The variables of its ENV. */
export function imageVariables(path: string): Readonly<Record<string, string>> {
  const pairs = readDockerfile(path).get('ENV')?.split(' ') ?? [];
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
}
