#!/usr/bin/env node
// Plain JavaScript, so that an older Node can run it and report its version.
import './node-version.mjs';
import module from 'node:module';

// Later starts reuse the compiled code.
module.enableCompileCache();

try {
  await import('./main.ts');
} catch (error) {
  const { message } = error instanceof Error ? error : { message: String(error) };
  console.error(`Rolecall cannot start: ${message.replaceAll('\n', ' ')}`);
  process.exit(1);
}
