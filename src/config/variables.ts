import { z } from 'zod';
import { cacheSettings } from '../cache/settings.ts';
import { credentialsSettings } from '../credentials/settings.ts';
import { identitySettings } from '../identity/settings.ts';
import { oneOf, wholeNumber } from '../lib/env-types.ts';
import type { Provider } from '../providers/provider.ts';
import { redisSettings } from '../redis/settings.ts';
import { serverSettings } from '../server/settings.ts';
import { upstreamSettings } from '../upstream/settings.ts';
import { fileVariable, groupsOf } from './file-variables.ts';

/** The variables that concern no room alone. */
export const ownSettings = z.object({
  HOST: z.string().default('127.0.0.1').describe('the address to listen on'),
  PORT: wholeNumber(0, 65_535)
    .default(4000)
    .describe('the port to listen on; 0 lets the system choose one'),
  CREDENTIALS: oneOf(['server', 'request', 'caller'])
    .default('server')
    .describe(
      'whose keys to use: `server` (those in variables), `request` (those in each request’s headers) or `caller` (the stored ones of the person in the caller’s JWT)',
    ),
  VIEWER: oneOf(['key', 'caller'])
    .default('key')
    .describe(
      'whom the graph shows: `key` (the owner of the keys) or `caller` (the person in the caller’s JWT)',
    ),
  SANDBOX: oneOf(['0', '1'])
    .default('0')
    .describe('1 serves fictional people from an embedded sandbox, whatever keys are set'),
});

/** A variable that can be set. */
export interface Variable {
  readonly name: string;
  /** What its value is, in a phrase. */
  readonly description: string;
  /** Undefined if it has none. */
  readonly default: string | undefined;
}

/** All schemas that read variables, in the order in which people need them. */
export function allSettings(providers: readonly Provider[]): readonly z.ZodType[] {
  return [
    ownSettings,
    ...providers.map(({ settings }) => settings),
    credentialsSettings({}),
    identitySettings,
    serverSettings,
    upstreamSettings,
    cacheSettings,
    redisSettings,
  ];
}

/** Every variable, as its schema describes it. */
export function describeVariables(providers: readonly Provider[]): readonly Variable[] {
  const described = allSettings(providers)
    .flatMap((schema) => Object.entries(shapeOf(schema)))
    .flatMap(([name, schema]) => {
      const { description } = schema;
      // Spellings in lower case have none.
      return description === undefined ? [] : [{ name, description, default: defaultOf(schema) }];
    });
  const inFiles = new Set(
    groupsOf(providers)
      .flatMap(({ names }) => names)
      .filter((name) => fileVariable(name) !== name),
  );
  return described.flatMap((variable) =>
    inFiles.has(variable.name) ? [variable, inFile(variable.name)] : [variable],
  );
}

/** The names of the variables that a schema reads. */
export function variablesOf(schema: z.core.$ZodType): readonly string[] {
  return Object.keys(shapeOf(schema));
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.ZodType>> {
  if (schema instanceof z.ZodPipe) return shapeOf(schema.in);
  if (schema instanceof z.ZodObject) return schema.shape;
  throw new TypeError('Settings are a schema of an object, perhaps with a transform');
}

function inFile(name: string): Variable {
  return {
    name: fileVariable(name),
    description: `instead of ${name}: the absolute path of a file that contains it, read again when it changes`,
    default: undefined,
  };
}

/** Defaults that are not text or numbers, such as an empty list, mean "none". */
function defaultOf(schema: z.ZodType): string | undefined {
  if (!(schema instanceof z.ZodDefault)) return undefined;
  const value: unknown = schema.def.defaultValue;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return Array.isArray(value) && value.length > 0 ? value.join() : undefined;
}
