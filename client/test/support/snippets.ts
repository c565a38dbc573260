import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const snippets = [...README.matchAll(/```tsx?\n(.*?)```/gs)].map(([, code = '']) => code);

/** The only one of the README's snippets that contains this text. */
export function snippetWith(text: string): string {
  const [snippet, ...others] = snippets.filter((each) => each.includes(text));
  if (snippet === undefined || others.length > 0) throw new Error(`not one snippet: ${text}`);
  return snippet;
}
