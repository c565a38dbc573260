// Plain JavaScript, so that an older Node can read it far enough to say what is wrong.
import './node-version.mjs';
import module from 'node:module';

// What is compiled once need not be compiled at the next start.
module.enableCompileCache();

try {
  await import('./main.ts');
} catch (error) {
  const { message } = error instanceof Error ? error : { message: String(error) };
  console.error(`Rolecall cannot start: ${message.replaceAll('\n', ' ')}`);
  process.exit(1);
}
