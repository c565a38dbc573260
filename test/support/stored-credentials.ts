import { createServer } from '../../src/server/index.ts';
import { userDocument } from '../fixtures/datadog.ts';
import { v1 } from '../fixtures/heygen.ts';
import { readConfig } from './config.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { createRolecallWithFiles } from './key-files.ts';
import { keepLog } from './log.ts';
import { dataOf, type Rolecall, rolecallOf } from './rolecall.ts';
import { json, type Script, startUpstream } from './upstream.ts';

export const QUERY =
  '{ viewer { providers datadog { name } heygen { username } users { provider } } }';
export const DATADOG_QUERY = '{ viewer { datadog { name } } }';

/** The entry of one person, with keys of both vendors. `version` distinguishes keys that replace each other. */
export function entryOf(person: string, version = 1) {
  return {
    datadog: {
      apiKey: `dd-api-${person}-MARKEDKEY-${version}`,
      appKey: `dd-app-${person}-MARKEDKEY-${version}`,
    },
    heygen: { apiKey: `heygen-${person}-MARKEDKEY-${version}` },
  };
}

/** The person and the version in a key of `entryOf`. */
function ownerOf(key: unknown): string {
  const [, person = '', version] =
    /^(?:dd-app|heygen)-(.+)-MARKEDKEY-(\d+)$/.exec(String(key)) ?? [];
  return `${person} ${version}`;
}

/** Datadog and HeyGen on loopback, where each key's owner is the person in it. */
export async function startVendors() {
  const state = {
    /** The status with which the keys of this owner are rejected. */
    reject: (_owner: string): number | undefined => undefined,
    /** How long this owner waits. */
    wait: async (_owner: string): Promise<void> => {},
  };
  const respond: Script = async (response, seen, call) => {
    const { 'dd-application-key': appKey, 'x-api-key': heygenKey } = seen.headers;
    const owner = ownerOf(appKey ?? heygenKey);
    await state.wait(owner);
    const status = state.reject(owner);
    if (status !== undefined)
      return json({ errors: ['No'], message: 'No' }, status)(response, seen, call);
    const body = appKey ? userDocument({ attributes: { name: owner } }) : v1({ username: owner });
    json(body)(response, seen, call);
  };
  const datadog = await startUpstream(respond);
  const heygen = await startUpstream(respond);
  return {
    state,
    datadog,
    heygen,
    environment: {
      DATADOG_API_URL: datadog.url,
      HEYGEN_API_URL: heygen.url,
      HEYGEN_API_VERSION: 'v1',
      RATE_LIMIT: '0',
    },
    async [Symbol.asyncDispose]() {
      await datadog[Symbol.asyncDispose]();
      await heygen[Symbol.asyncDispose]();
    },
  };
}

/** A broker on loopback that knows these people by their subject. */
export async function startBroker(entries: Readonly<Record<string, object>>) {
  const state = { entries, script: undefined as Script | undefined };
  const server = await startUpstream((response, seen, call) => {
    const { subject } = JSON.parse(seen.body);
    const entry = state.entries[subject];
    const script = entry === undefined ? json({ error: 'Nobody' }, 404) : json(entry);
    (state.script ?? script)(response, seen, call);
  });
  return {
    ...server,
    /** What it does from now on: change these. */
    state,
    /** The subjects of its requests. */
    subjects: () => server.seen.map(({ body }) => JSON.parse(body).subject),
    environment: { CREDENTIALS: 'caller', CREDENTIALS_URL: server.url },
  };
}

/** Asks as callers of this issuer. */
export function asCallers({ query }: Pick<Rolecall, 'query'>, issuer: Issuer) {
  return (subject: string, document = QUERY, more: { signal?: AbortSignal } = {}) =>
    query(document, {
      headers: { authorization: `Bearer ${issuer.sign({ sub: subject })}` },
      ...more,
    });
}

/** Rolecall with these entries in CREDENTIALS_FILE, to ask as callers of this issuer. */
export async function createRolecallWithEntries(
  issuer: Issuer,
  vendors: { readonly environment: Readonly<Record<string, string>> },
  entries: unknown,
  more: Readonly<Record<string, string>> = {},
) {
  const rolecall = await createRolecallWithFiles(
    { CREDENTIALS: JSON.stringify(entries) },
    { ...issuer.environment, ...vendors.environment, CREDENTIALS: 'caller', ...more },
  );
  return { ...rolecall, ask: asCallers(rolecall, issuer) };
}

/** Rolecall with this broker, to ask as callers of this issuer. */
export function createRolecallWithBroker(
  issuer: Issuer,
  vendors: { readonly environment: Readonly<Record<string, string>> },
  broker: { readonly environment: Readonly<Record<string, string>> },
  more: Readonly<Record<string, string>> = {},
) {
  const environment = {
    ...issuer.environment,
    ...vendors.environment,
    ...broker.environment,
    ...more,
  };
  const { logger, log, lines } = keepLog();
  const rolecall = rolecallOf(createServer(readConfig(environment), logger, { isReady: true }));
  return {
    ...rolecall,
    ask: asCallers(rolecall, issuer),
    lines,
    log,
  };
}

/** Rolecall with a broker that knows these people, and with an issuer and vendors of its own. */
export async function startWithBroker(
  entries: Readonly<Record<string, object>>,
  more: Readonly<Record<string, string>> = {},
) {
  await using starting = new AsyncDisposableStack();
  const issuer = starting.use(await startIssuer());
  const vendors = starting.use(await startVendors());
  const broker = starting.use(await startBroker(entries));
  const rolecall = createRolecallWithBroker(issuer, vendors, broker, more);
  const started = starting.move();
  return {
    ...rolecall,
    issuer,
    vendors,
    broker,
    /** The name of this person's Datadog user; undefined if there is none. */
    nameOf: async (subject: string) =>
      dataOf(await rolecall.ask(subject, DATADOG_QUERY)).viewer.datadog?.name,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
