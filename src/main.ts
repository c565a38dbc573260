import { ConfigError } from './config/index.ts';
import { run, UsageError } from './process/commands.ts';
import { CannotListen } from './process/serve.ts';

const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 2;

process.on('uncaughtException', (error) => {
  exit(`Rolecall stopped after an unexpected error: ${oneLine(error)}`, EXIT_FAILED);
});

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (error instanceof ConfigError || error instanceof UsageError)
    exit(error.message, EXIT_MISCONFIGURED);
  if (error instanceof CannotListen) exit(error.message, EXIT_FAILED);
  throw error;
}

function exit(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

function oneLine(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const place = stack
    ?.split('\n')
    .find((line) => line.startsWith('    at '))
    ?.trim();
  return `${name}: ${message} (${place ?? 'no stack'})`.replaceAll('\n', ' ');
}
