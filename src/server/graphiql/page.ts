import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PageOptions {
  /** Does the server serve the sandbox's fictional people? */
  readonly isSandbox: boolean;
  /** Does loading the app require a token? */
  readonly needsToken: boolean;
  /** Is introspection on? */
  readonly hasDocs: boolean;
}

/**
 * The page that loads the app; it contains no secrets.
 * @param appHash of the app's script, the only one that the page may run besides its own
 */
export function renderPage({ isSandbox, needsToken, hasDocs }: PageOptions, appHash: string) {
  const loader = readBrowserFile('loader.js');
  const notes = [
    ...(isSandbox
      ? [
          'Sandbox: the people and permissions served here are fictional. For real data, set the vendors’ keys.',
        ]
      : []),
    ...(hasDocs
      ? []
      : [
          'Documentation and completion are off: this server hides its schema (INTROSPECTION=off).',
        ]),
  ];
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Rolecall</title>
    <link id="icon" rel="icon" href="data:,">
    <style>${readBrowserFile('page.css')}</style>
  </head>
  <body>
    ${notes.map((note) => `<p class="note" role="note">${note}</p>`).join('\n    ')}
    <div id="root">
      <noscript>GraphiQL needs JavaScript.</noscript>
      <p id="status" role="status"></p>
      <form id="token-form"${needsToken ? '' : ' hidden'}>
        <label for="token">Your token for this server. GraphiQL sends it with every request.</label>
        <input id="token" type="password" autocomplete="current-password" required>
        <button>Continue</button>
      </form>
    </div>
    <script>${loader}</script>
  </body>
</html>
`;
  return { html, contentSecurityPolicy: contentSecurityPolicy(loader, appHash) };
}

/** Allows the editor's own styles and workers; forbids loading from elsewhere, framing and posting forms. */
function contentSecurityPolicy(loader: string, appHash: string): string {
  const loaderHash = `'sha256-${createHash('sha256').update(loader).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${loaderHash} ${appHash}`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    "connect-src 'self'",
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function readBrowserFile(name: string): string {
  return readFileSync(join(import.meta.dirname, 'browser', name), 'utf8');
}
