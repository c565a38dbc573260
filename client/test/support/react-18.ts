/** Preloaded, this makes every import of React one of React 18. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const replaced = specifier.replace(/^(react|react-dom)(?=\/|$)/, '$1-18');
    return nextResolve(replaced, context);
  },
});
