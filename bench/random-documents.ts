import { parse } from 'graphql';
import { countSelections } from '../src/server/guards/document-size.ts';

const LEAVES: Readonly<Record<string, readonly string[]>> = {
  Viewer: ['providers', '__typename'],
  DatadogUser: ['id', 'name', 'email', 'createdAt', 'hasPermission(name: "a")', '__typename'],
  Role: ['id', 'name', 'userCount', 'receivesPermissionsFrom', '__typename'],
  Permission: ['id', 'name', 'nameAliases', 'restricted', '__typename'],
};
const BRANCHES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Viewer: [['datadog', 'DatadogUser']],
  DatadogUser: [
    ['roles', 'Role'],
    ['otherUsers', 'DatadogUser'],
    ['permissions', 'Permission'],
    ['teamRoles', 'Role'],
  ],
  Role: [['permissions', 'Permission']],
  Permission: [],
};
const TYPES = Object.keys(LEAVES);

/** The same sequence for the same seed (mulberry32). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A document with nested and repeated spreads, repeated fields, deep inline fragments, aliases and, at times, cycles. */
export function randomDocument(random: (below: number) => number): {
  query: string;
  selections: number;
} {
  let tokens = 40;
  let aliases = 0;
  let directives = 0;
  const budget = 300 + random(650);
  const hasCycles = random(20) === 0;
  const shape = {
    spreads: random(70),
    branches: random(60),
    inline: random(30),
    repeats: 1 + random(8),
  };
  const fragments = Array.from({ length: 1 + random(60) }, (_, index) => ({
    name: `F${index}`,
    type: TYPES[random(4)] as string,
  }));

  function directive(): string {
    if (directives >= 8 || random(60) > 0) return '';
    directives += 1;
    tokens += 6;
    return ' @include(if: true)';
  }

  function set(type: string, from: number, level: number, width: number): string {
    const parts: string[] = [];
    for (let count = 1 + random(width); count > 0 && tokens < budget; count -= 1)
      parts.push(selection(type, from, level));
    return `{ ${parts.join(' ') || '__typename'} }`;
  }

  function selection(type: string, from: number, level: number): string {
    const dice = random(100);
    const usable = fragments.filter(
      (fragment, index) => fragment.type === type && (index >= from || hasCycles),
    );
    if (dice < shape.spreads && usable.length > 0) {
      tokens += 2;
      const { name } = usable[random(Math.min(usable.length, 3))] as { name: string };
      const times = 1 + random(shape.repeats);
      tokens += 2 * (times - 1);
      return Array.from({ length: times }, () => `...${name}${directive()}`).join(' ');
    }
    const branches = BRANCHES[type] ?? [];
    if (dice < shape.spreads + shape.branches && branches.length > 0 && level < 6) {
      tokens += 3;
      const [field, below] = branches[random(branches.length)] as readonly [string, string];
      return `${field}${directive()} ${set(below, from, level + 1, 4)}`;
    }
    if (random(100) < shape.inline && level < 100) {
      tokens += 3;
      return `... ${set(type, from, level + 1, 2)}`;
    }
    tokens += 1;
    const leaves = LEAVES[type] ?? [];
    const alias = aliases < 20 && random(40) === 0 ? `a${++aliases}: ` : '';
    const leaf = leaves[random(leaves.length)] as string;
    return leaf.includes('(')
      ? `${type === 'DatadogUser' ? 'has: ' : ''}${leaf}`
      : `${alias}${leaf}${directive()}`;
  }

  const operation = `{ viewer ${set('Viewer', 0, 1, 12)} }`;
  const definitions = fragments.map(
    ({ name, type }, index) => `fragment ${name} on ${type} ${set(type, index + 1, 1, 8)}`,
  );
  // Without unused fragments, which validation would refuse.
  const used = new Set<string>();
  const texts = [operation];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const [, name] of text.matchAll(/\.\.\.(F\d+)/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      texts.push(definitions[Number(name.slice(1))] ?? '');
    }
  }
  const query = [operation, ...definitions.filter((_, index) => used.has(`F${index}`))].join('\n');
  return { query, selections: countSelections(parse(query)) };
}
