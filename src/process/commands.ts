import { printSchema } from 'graphql';
import { readEnvironment } from '../config/environment.ts';
import { describeVariables } from '../config/variables.ts';
import { version } from '../lib/version.ts';
import { providers } from '../providers/index.ts';
import { createSchemas } from '../schema/index.ts';
import { readSettings } from './assemble.ts';
import { serve } from './serve.ts';
import { describeConfig, shortTokens } from './startup-message.ts';

const LINE_LENGTH = 100;
const NAME_LENGTH = 30;

const USAGE = `Rolecall serves one GraphQL graph of who you are, from the current-user APIs of ${providers.map(({ title }) => title).join(' and ')}.

  rolecall            starts the server; without keys, with a sandbox of fictional people
  rolecall --check    checks the configuration, and says what would be connected
  rolecall schema     prints the schema
  rolecall --help     prints this
  rolecall --version  prints the version
`;

const COMMANDS: Readonly<Record<string, () => void | Promise<void>>> = {
  '--check': check,
  schema: () => console.log(printSchema(createSchemas(providers).graph)),
  '--help': help,
  '-h': help,
  '--version': () => console.log(version),
  '-v': () => console.log(version),
};

/** The command line is none of the commands. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor() {
    // Without the arguments, which may contain keys.
    super(
      'Rolecall does not know this command: start it with --help to list the commands. Settings are not arguments but variables, in the environment or in the file .env.',
    );
  }
}

/**
 * Runs what the command line asks for.
 * @param args without the program's name
 * @throws {UsageError}
 * @throws {ConfigError} naming every problem of the configuration at once
 * @throws {CannotListen}
 */
export async function run(args: readonly string[]): Promise<void> {
  if (args.length === 0) return serve(readEnvironment());
  const command = args.join(' ');
  if (!Object.hasOwn(COMMANDS, command)) throw new UsageError();
  await COMMANDS[command]?.();
}

async function check(): Promise<void> {
  const { config } = await readSettings(readEnvironment());
  const warnings = [...shortTokens(config), ...config.warnings];
  const lines = ['The configuration is valid.', ...describeConfig(config), ...warnings];
  console.log(lines.join('\n'));
}

function help(): void {
  const lines = describeVariables(providers).map(({ name, description, default: initial }) =>
    wrap(
      `  ${name.padEnd(NAME_LENGTH)} `,
      initial === undefined ? description : `${description} (default ${initial})`,
    ),
  );
  const title =
    'Variables, in the environment or in the file .env. An empty value counts as unset.\n';
  console.log([USAGE, title, ...lines].join('\n'));
}

/** The text in lines, behind its heading. */
function wrap(heading: string, text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && heading.length + line.length + word.length >= LINE_LENGTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return heading + lines.join(`\n${' '.repeat(heading.length)}`);
}
