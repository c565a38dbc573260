import { createServer } from '../../src/server/index.ts';
import { userDocument } from '../fixtures/datadog.ts';
import { stopTime } from './clock.ts';
import { readConfig } from './config.ts';
import { keepLog } from './log.ts';
import { DATADOG_KEYS, dataOf, type GraphQLResponse, rolecallOf } from './rolecall.ts';
import { json, type Script, startUpstream } from './upstream.ts';

export const QUERY = '{ viewer { datadog { name asOf } } }';

/** A Datadog whose response is new at each call: the name is the number of the call. */
export async function startNumbered() {
  const state = {
    /** Replaces the response. */
    script: undefined as Script | undefined,
  };
  const datadog = await startUpstream((response, seen, call) => {
    const script = json(userDocument({ attributes: { name: String(call) } }));
    (state.script ?? script)(response, seen, call);
  });
  return { ...datadog, state };
}

/** Rolecall with this cache in front of such a Datadog. Time is stopped. */
export async function startCached(environment: Readonly<Record<string, string>>) {
  const { state, ...datadog } = await startNumbered();
  const time = stopTime();
  const { logger, log } = keepLog();
  const config = readConfig({
    ...DATADOG_KEYS,
    DATADOG_API_URL: datadog.url,
    UPSTREAM_RETRIES: '0',
    RATE_LIMIT: '0',
    ...environment,
  });
  const rolecall = rolecallOf(createServer(config, logger, { isReady: true }));
  const ask = (
    headers: Record<string, string> = {},
    query = QUERY,
  ): Promise<GraphQLResponse<any>> => rolecall.query(query, { headers });
  return {
    datadog,
    state,
    time,
    ask,
    rolecall,
    log,
    /** The number of the call whose response was used. */
    callOf: async (headers?: Record<string, string>) =>
      Number(dataOf(await ask(headers)).viewer.datadog.name),
    advanceSeconds: (seconds: number) => time.advance(seconds * 1_000),
    async [Symbol.asyncDispose]() {
      time[Symbol.dispose]();
      await datadog[Symbol.asyncDispose]();
    },
  };
}

/** The warnings of a response, as pairs of code and provider. */
export function warningsOf({ extensions }: GraphQLResponse<unknown>) {
  return ((extensions?.['warnings'] ?? []) as any[]).map(({ code, provider }) => [code, provider]);
}
