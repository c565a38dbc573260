import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';

const VENDOR = /^src\/providers\/[^/]+\//;
/** A folder whose index is all that others may import. */
const BEHIND_INDEX = 'src/server/execution/';
/** Files that vendors' folders must not import, because they lead to all other vendors. */
const ABOVE_VENDORS = new Set(
  ['index', 'connect', 'credential-source'].map((name) => `src/providers/${name}.ts`),
);
const IMPORT = /(?:from|import|import\()\s*'(\.[^']+)'/g;

/** The rooms of docs/architecture.md, each with the rooms that it may import. */
export function readRooms(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(
    /^\| `(src\/[^`]+)` \|.*\|([^|]*)\|$/gm,
  );
  return new Map(
    Array.from(rows, ([, room = '', allowed = '']) => [
      room,
      Array.from(allowed.matchAll(/`([^`]+)`/g), ([, name = '']) => name),
    ]),
  );
}

/** Why `from` must not import `to`; undefined if it may. */
export function objection(
  rooms: ReadonlyMap<string, readonly string[]>,
  from: string,
  to: string,
): string | undefined {
  const room = roomOf(rooms, from);
  const other = roomOf(rooms, to);
  if (room === undefined) return `${from} stands in no room`;
  if (other === undefined) return `${to} stands in no room`;
  if (room !== other && !rooms.get(room)?.includes(other))
    return `${room} must not import ${other}`;
  if (
    to.startsWith(BEHIND_INDEX) &&
    !from.startsWith(BEHIND_INDEX) &&
    to !== `${BEHIND_INDEX}index.ts`
  )
    return `only ${BEHIND_INDEX}index.ts is imported from elsewhere`;
  const [vendor] = VENDOR.exec(from) ?? [];
  const [otherVendor] = VENDOR.exec(to) ?? [];
  if (vendor !== undefined && ABOVE_VENDORS.has(to)) return `${vendor} must not import ${to}`;
  if (otherVendor === undefined || otherVendor === vendor || from === 'src/providers/index.ts')
    return undefined;
  return `only src/providers/index.ts imports ${otherVendor}`;
}

/** Every import in `src/`, types included, as pairs of paths; without that of `package.json`, for the version. */
export function readImports(): readonly (readonly [from: string, to: string])[] {
  return globSync('src/**/*.ts').flatMap((file) => {
    const imports = readFileSync(file, 'utf8').matchAll(IMPORT);
    return Array.from(
      imports,
      ([, path = '']) => [file, normalize(join(dirname(file), path))] as const,
    ).filter(([, to]) => to !== 'package.json');
  });
}

function roomOf(rooms: ReadonlyMap<string, unknown>, file: string): string | undefined {
  return [...rooms.keys()].find((room) =>
    room.endsWith('/') ? file.startsWith(room) : file === room,
  );
}
