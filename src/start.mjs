// Plain JavaScript, so that an older Node can read it far enough to say what is wrong.
import './node-version.mjs';
import module from 'node:module';

// What is compiled once need not be compiled at the next start.
module.enableCompileCache();

await import('./main.ts');
