/** The content of a file that makes these names known to the compiler, sorted. */
export function declarationOf(names: ReadonlySet<string>): string {
  const union = [...names]
    .sort()
    .map((name) => `\n      | ${JSON.stringify(name)}`)
    .join('');
  return `// Written by \`rolecall-client types\`.
import 'rolecall-client';

declare module 'rolecall-client' {
  interface Register {
    permissionName:${union || ' never'};
  }
}
`;
}

/** The names in a text: one a line; empty lines and those that begin with `#` do not count. */
export function namesIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
