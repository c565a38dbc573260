import type { Logger } from 'pino';
import { replace } from '../lib/current.ts';
import { type TextFile, WatchedFiles } from '../lib/watched-files.ts';
import type { Provider } from '../providers/provider.ts';
import { exposureTexts, type FileValues, fileVariable, groupsOf } from './file-variables.ts';
import { type Config, ConfigError, type Environment, readConfig } from './index.ts';

/** The source of a configuration. */
export interface ConfigSource {
  readonly environment: Environment;
  readonly providers: readonly Provider[];
  readonly files: FileValues;
}

/**
 * Updates the keys and tokens of `config` when their files change: one watch per group of variables, to be started by the
 * caller. If one file of a group is invalid, the group keeps all of its old values; other groups are not affected.
 * @param config what `readConfig` returned for the source
 */
export function watchFileValues(
  { environment, providers, files }: ConfigSource,
  config: Config,
  logger: Logger,
): readonly WatchedFiles[] {
  let inUse = files;

  function take(names: readonly string[], read: readonly TextFile[]): void {
    const next = new Map([...inUse, ...names.map((name, index) => [name, read[index]] as const)]);
    const variables = names
      .filter((name) => next.get(name)?.text !== inUse.get(name)?.text)
      .map(fileVariable);
    try {
      replaceKeys(config, readConfig(environment, providers, next));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      logger.warn({ problems: error.problems }, 'keys not rotated: the old ones stay in use');
      return;
    }
    const known = exposureTexts(inUse);
    for (const warning of exposureTexts(next)) if (!known.includes(warning)) logger.warn(warning);
    inUse = next;
    if (variables.length > 0) logger.info({ variables }, 'keys rotated: new requests use them');
  }

  return groupsOf(providers).flatMap(({ names: group, maxBytes }) => {
    const names = group.filter((name) => files.has(name));
    const watched = names.flatMap((name) => files.get(name) ?? []);
    return names.length === 0
      ? []
      : [new WatchedFiles(watched, maxBytes, (read) => take(names, read))];
  });
}

function replaceKeys(config: Config, next: Config): void {
  replace(config.callerCredentials.entries, next.callerCredentials.entries.value);
  replace(config.callerCredentials.token, next.callerCredentials.token.value);
  replace(config.server.clientTokens, next.server.clientTokens.value);
  replace(config.redis.url, next.redis.url.value);
  replace(config.redis.secrets, next.redis.secrets.value);
  for (const [index, { settings }] of config.providers.entries()) {
    const read = next.providers[index];
    if (read !== undefined) replace(settings, read.settings.value);
  }
}
