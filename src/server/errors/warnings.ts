import type { ServerPlugin } from '../plugin.ts';

/** Adds `extensions.warnings` to results with stale data: the failures because of which it was used, each once. */
export const staleWarnings: ServerPlugin = {
  onExecute({ args: { contextValue } }) {
    return {
      onExecuteDone({ result, setResult }) {
        const failures = contextValue.trace.warnings;
        if (failures.size === 0 || Symbol.asyncIterator in result) return;
        const warnings = new Map(
          Array.from(failures, ({ message, extensions }) => [message, { message, ...extensions }]),
        );
        setResult({
          ...result,
          extensions: { ...result.extensions, warnings: [...warnings.values()] },
        });
      },
    };
  },
};
