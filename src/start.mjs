// Plain JavaScript, so that an older Node can read it far enough to say what is wrong.
import './node-version.mjs';

await import('./main.ts');
