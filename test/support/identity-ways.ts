import { createServer } from '../../src/server/index.ts';
import { startListening } from './http-server.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { createDirectory, readConfigWithFiles } from './key-files.ts';
import { keepLog, type Line } from './log.ts';
import { type Caller, OWNER_KEYS, OWNER_ORGANIZATION, startVendorsOf } from './population.ts';
import { startBroker } from './stored-credentials.ts';
import { json } from './upstream.ts';

type Texts = Readonly<Record<string, string>>;

/** How it is determined whose identity a caller sees. */
export interface IdentityWay {
  /** Does each request bring a JWT? */
  readonly signsIn: boolean;
  /** Does it bring the caller's keys? */
  readonly sendsKeys: boolean;
  /** Undefined if callers have organizations of their own. */
  readonly ownerOrganization?: string;
  /** Are vendors' responses used again for a while? */
  readonly isCached?: true;
  /** @param started disposes of what it starts */
  environment(callers: readonly Caller[], started: AsyncDisposableStack): Promise<Texts>;
}

export const WAYS: Readonly<Record<string, IdentityWay>> = {
  'VIEWER=caller': {
    signsIn: true,
    sendsKeys: false,
    ownerOrganization: OWNER_ORGANIZATION,
    // So that the owner's keys could fetch any caller's user, role or permission.
    environment: async () => ({ ...OWNER_KEYS, VIEWER: 'caller', DD_EXPAND: 'rest' }),
  },
  'CREDENTIALS=request': {
    signsIn: false,
    sendsKeys: true,
    environment: async () => ({ CREDENTIALS: 'request' }),
  },
  'CREDENTIALS=request with JWT': {
    signsIn: true,
    sendsKeys: true,
    environment: async () => ({ CREDENTIALS: 'request' }),
  },
  'CREDENTIALS=caller with CREDENTIALS_FILE': {
    signsIn: true,
    sendsKeys: false,
    async environment(callers, started) {
      const directory = started.use(createDirectory());
      const file = directory.write('people.json', JSON.stringify(entriesOf(callers)));
      return { CREDENTIALS: 'caller', CREDENTIALS_FILE: file };
    },
  },
  'CREDENTIALS=caller with CREDENTIALS_URL': {
    signsIn: true,
    sendsKeys: false,
    environment: startSlowBroker,
  },
  'CREDENTIALS=caller with CREDENTIALS_URL and a cache': {
    signsIn: true,
    sendsKeys: false,
    isCached: true,
    environment: async (callers, started) => ({
      ...(await startSlowBroker(callers, started)),
      CACHE_TTL_SECONDS: '3600',
    }),
  },
};

async function startSlowBroker(callers: readonly Caller[], started: AsyncDisposableStack) {
  const entries = entriesOf(callers);
  const broker = started.use(await startBroker(entries));
  broker.state.script = (response, seen, call) => {
    const respond = json(entries[JSON.parse(seen.body).subject]);
    setTimeout(() => respond(response, seen, call), call % 20);
  };
  // So that entries are fetched again and again.
  return { ...broker.environment, CREDENTIALS_TTL_SECONDS: '1' };
}

/** A request of one caller. */
export interface Sent {
  readonly caller: Caller;
  readonly requestId: string;
  readonly body: unknown;
  readonly path?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Rolecall on a port, which determines callers' identities in this way, in front of vendors that know these callers. */
export async function startWay(
  way: IdentityWay,
  callers: readonly Caller[],
  seed: number,
  more: Texts,
) {
  await using starting = new AsyncDisposableStack();
  const vendors = starting.use(await startVendorsOf(callers, seed));
  const issuer = way.signsIn ? starting.use(await startIssuer()) : undefined;
  const config = await readConfigWithFiles({
    ...vendors.environment,
    ...issuer?.environment,
    ...(await way.environment(callers, starting)),
    // More calls than by default wait for a slot.
    UPSTREAM_QUEUE: '10000',
    UPSTREAM_TIMEOUT_MS: '60000',
    UPSTREAM_DEADLINE_MS: '60000',
    LIMIT_BATCH: '3',
    TRUST_PROXY: 'loopback',
    ...more,
  });
  const { logger, log, lines } = keepLog({ base: null });
  const server = createServer(config, logger, { isReady: true });
  const { url } = starting.use(await startListening(server.listener));
  const headers = new Map(callers.map((caller) => [caller, headersOf(way, caller, issuer)]));
  const started = starting.move();
  return {
    vendors,
    /** Every token and key that the callers send. */
    credentials: [...headers.values()].flatMap(({ 'x-forwarded-for': _, ...secrets }) =>
      Object.values(secrets).map((text) => text.replace('Bearer ', '')),
    ),
    log,
    /** The log's lines about requests. */
    lines: (): Line[] => lines().filter(({ requestId }) => requestId !== undefined),
    async send({ caller, requestId, body, path = '/graphql', signal }: Sent) {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-request-id': requestId,
          ...headers.get(caller),
        },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      });
      return { status: response.status, text: await response.text() };
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function entriesOf(callers: readonly Caller[]) {
  return Object.fromEntries(callers.map(({ subject, keys }) => [subject, keys]));
}

/** A caller's token, keys and address. */
function headersOf(way: IdentityWay, caller: Caller, issuer: Issuer | undefined): Texts {
  const { number, subject, email, keys } = caller;
  const token = issuer?.sign({ sub: subject, email, email_verified: true });
  return {
    'x-forwarded-for': `10.0.${number >> 8}.${number & 255}`,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(way.sendsKeys && {
      'dd-api-key': keys.datadog.apiKey,
      'dd-application-key': keys.datadog.appKey,
      ...(keys.heygen && { 'x-heygen-api-key': keys.heygen.apiKey }),
    }),
  };
}
