import { isIPv6 } from 'node:net';
import type { Config } from './config.ts';
import { GRAPHQL_PATH } from './server/index.ts';

/** What the terminal says once the server listens. */
export function startUpText(config: Config, port: number): string {
  const host = isIPv6(config.host) ? `[${config.host}]` : config.host;
  return [
    ...(config.sandbox ? [SANDBOX_NOTICE] : []),
    `Rolecall serves http://${host}:${port}${GRAPHQL_PATH}${config.graphiql ? ' (open it in a browser for GraphiQL)' : ''}`,
    `Providers: ${providersText(config)}`,
  ].join('\n');
}

const SANDBOX_NOTICE = `
************************************************************************
*  SANDBOX: the people and permissions served here are invented.       *
*  Set DD_API_KEY and DD_APP_KEY, or HEYGEN_API_KEY, for real ones.    *
************************************************************************
`;

function providersText({ credentials, sandbox, providers }: Config): string {
  if (credentials === 'request') {
    return `${providers.map(({ provider }) => provider.title).join(', ')}, with the credentials that each request brings in its headers`;
  }
  const connected = providers.filter(({ settings }) => settings.credentials !== undefined);
  const titles = connected.map(({ provider }) => provider.title).join(', ');
  return sandbox ? `${titles} (sandbox)` : titles;
}
