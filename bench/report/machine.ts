import { readFileSync } from 'node:fs';
import os from 'node:os';
import { table } from './numbers.ts';

const PACKAGES = [
  'graphql',
  'undici',
  'fastify',
  'mercurius',
  'graphql-jit',
  '@apollo/server',
  '@apollo/datasource-rest',
];

export function machine(): string {
  const cpus = os.cpus();
  const gigabytes = Math.round(os.totalmem() / 1e9);
  return `${cpus[0]?.model.trim()}, ${cpus.length} cores, ${gigabytes} GB; ${os.type()} ${os.release()}; Node ${process.versions.node}.`;
}

/** The installed versions of all peers' packages. Rolecall has its own packages. */
export function versions(): string {
  const rows = PACKAGES.map((name) => [name, version(`../node_modules/${name}`)]);
  return table(['package', 'version'], [['rolecall', version('../..')], ...rows]);
}

function version(folder: string): string {
  const manifest = new URL(`${folder}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
