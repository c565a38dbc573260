#!/usr/bin/env node
// Plain JavaScript, so that an older Node can run it and report its version.
import './node-version.mjs';
import module from 'node:module';
import { constants } from 'node:os';

// The kernel keeps signals from process 1, as in a container, unless it handles them. From here until the server does:
if (process.pid === 1) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

// Later starts reuse the compiled code.
module.enableCompileCache();

try {
  await import('./main.ts');
} catch (error) {
  const { message } = error instanceof Error ? error : { message: String(error) };
  console.error(`Rolecall cannot start: ${message.replaceAll('\n', ' ')}`);
  process.exit(1);
}
