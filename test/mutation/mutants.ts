import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import { type Change, mutators, type Node } from './mutators.ts';

/** One change of one file. */
export interface Mutant {
  /** Below the root: `src/server/csrf.ts`. */
  readonly file: string;
  readonly lineNumber: number;
  readonly offset: number;
  /** The line in which it begins, trimmed. */
  readonly line: string;
  readonly before: string;
  readonly after: string;
  /** The whole file without the change, and with it. */
  readonly original: string;
  readonly mutated: string;
}

/** What identifies a mutant, even if its line moves. */
export type Content = Pick<Mutant, 'file' | 'line' | 'before' | 'after'>;

export function contentOf({ file, line, before, after }: Content): string {
  return [file, line, before, after].join('\n');
}

/** Every mutant of a file below the root, in the order of the syntax tree. */
export function mutantsOf(root: string, file: string): readonly Mutant[] {
  const source = readFileSync(join(root, file), 'utf8');
  const seen = new Set<string>();
  return changesOf(parseSource(source), source)
    .map((change) => toMutant(file, source, change))
    .filter((mutant) => {
      const isNew = mutant.mutated !== source && !seen.has(mutant.mutated);
      seen.add(mutant.mutated);
      return isNew && isSyntax(mutant.mutated);
    });
}

/** Chooses this many, always the same for a seed. Changes elsewhere do not affect the choice. */
export function sample(mutants: readonly Mutant[], size: number, seed: string): readonly Mutant[] {
  const times = new Map<string, number>();
  const drawn = mutants.map((mutant) => {
    const content = contentOf(mutant);
    const time = times.get(content) ?? 0;
    times.set(content, time + 1);
    return { mutant, lot: createHash('sha256').update(`${seed} ${time} ${content}`).digest('hex') };
  });
  return drawn
    .sort((one, other) => (one.lot < other.lot ? -1 : 1))
    .slice(0, size)
    .map(({ mutant }) => mutant);
}

function toMutant(file: string, source: string, { start, end, after }: Change): Mutant {
  const linesBefore = source.slice(0, start).split('\n');
  const lineNumber = linesBefore.length;
  return {
    file,
    lineNumber,
    offset: start,
    line: (source.split('\n')[lineNumber - 1] ?? '').trim(),
    before: source.slice(start, end),
    after,
    original: source,
    mutated: source.slice(0, start) + after + source.slice(end),
  };
}

/** Skips types, because they are erased. */
function changesOf(node: Node, source: string): readonly Change[] {
  if (node.type === 'ImportDeclaration') return [];
  if (node.type.startsWith('TS')) {
    return node['expression'] ? changesOf(node['expression'], source) : [];
  }
  const children = Object.values(node)
    .flat()
    .filter((child): child is Node => typeof child?.type === 'string' && 'start' in child);
  return [
    ...(mutators[node.type]?.(node, source) ?? []),
    ...children.flatMap((child) => changesOf(child, source)),
  ];
}

function parseSource(source: string): Node {
  return parse(source, { sourceType: 'module', plugins: ['typescript'], attachComment: false })
    .program as unknown as Node;
}

function isSyntax(source: string): boolean {
  try {
    parseSource(source);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
