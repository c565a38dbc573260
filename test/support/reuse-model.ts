import { userDocument } from '../fixtures/datadog.ts';
import { v3 } from '../fixtures/heygen.ts';
import { json, type Script, startUpstream, text } from './upstream.ts';

/** What a vendor does when it is called for one caller, and what that means for the response that is kept. */
export interface Behavior {
  readonly script: Script | undefined;
  /** Of the error; undefined for a success. */
  readonly code?: string;
  readonly effect?: 'outage' | 'revocation';
}

const status = (number: number, code: string, effect?: Behavior['effect']): Behavior => ({
  script: json({}, number),
  code,
  ...(effect && { effect }),
});

const heygenCode = (number: number, code: number) => json({ code, error: { message: '' } }, number);

/** For every vendor. */
const COMMON = {
  success: { script: undefined },
  401: status(401, 'UPSTREAM_UNAUTHENTICATED', 'revocation'),
  403: status(403, 'UPSTREAM_FORBIDDEN', 'revocation'),
  404: status(404, 'UPSTREAM_NOT_FOUND', 'revocation'),
  410: status(410, 'UPSTREAM_NOT_FOUND', 'revocation'),
  429: status(429, 'UPSTREAM_RATE_LIMITED', 'outage'),
  500: status(500, 'UPSTREAM_UNAVAILABLE', 'outage'),
  503: status(503, 'UPSTREAM_UNAVAILABLE', 'outage'),
  cut: {
    script: (response) => void response.destroy(),
    code: 'UPSTREAM_UNAVAILABLE',
    effect: 'outage',
  },
  hanging: { script: () => {}, code: 'UPSTREAM_TIMEOUT', effect: 'outage' },
  400: status(400, 'UPSTREAM_REJECTED'),
  501: status(501, 'UPSTREAM_UNAVAILABLE'),
  redirect: { script: json({}, 302, { location: '/' }), code: 'UPSTREAM_INVALID_RESPONSE' },
  text: { script: text('<p>'), code: 'UPSTREAM_INVALID_RESPONSE' },
  shape: { script: json({ data: 7 }), code: 'UPSTREAM_INVALID_RESPONSE' },
} satisfies Record<string, Behavior>;

/** HeyGen also says it in bodies, with any status. */
const HEYGEN = {
  ...COMMON,
  'unauthorized in a success': {
    script: heygenCode(200, 400112),
    code: 'UPSTREAM_UNAUTHENTICATED',
    effect: 'revocation',
  },
  'blocked during an outage': {
    script: heygenCode(503, 400631),
    code: 'UPSTREAM_FORBIDDEN',
    effect: 'revocation',
  },
  'another code with 401': {
    script: heygenCode(401, 40001),
    code: 'UPSTREAM_REJECTED',
    effect: 'revocation',
  },
} satisfies Record<string, Behavior>;

/** A kind of callers: those of one vendor. */
export interface Kind {
  readonly field: string;
  readonly query: string;
  /** The name in responses. */
  readonly nameIn: (user: any) => string;
  /** A success that holds this name. */
  readonly success: (name: string) => Script;
  readonly behaviors: Readonly<Record<string, Behavior>>;
}

export const DATADOG: Kind = {
  field: 'datadog',
  query: '{ viewer { datadog { name asOf } } }',
  nameIn: ({ name }) => name,
  success: (name) => json(userDocument({ attributes: { name } })),
  behaviors: COMMON,
};

export const HEYGEN_V3: Kind = {
  field: 'heygen',
  query: '{ viewer { heygen { firstName asOf } } }',
  nameIn: ({ firstName }) => firstName,
  success: (name) => json(v3({ username: name, first_name: name })),
  behaviors: HEYGEN,
};

/** Somebody with credentials of one vendor. */
export interface ModelCaller {
  readonly kind: Kind;
  readonly headers: Readonly<Record<string, string>>;
}

const datadog = (apiKey: string, appKey: string): ModelCaller => ({
  kind: DATADOG,
  headers: { 'dd-api-key': apiKey, 'dd-application-key': appKey },
});

/** Callers whose keys resemble each other. */
export const CALLERS: readonly ModelCaller[] = [
  datadog('a', 'bc'),
  datadog('ab', 'c'),
  datadog('a', 'c'),
  { kind: HEYGEN_V3, headers: { 'x-heygen-api-key': 'a' } },
];

/** What a response says: a name and when it was received, or the code of an error; and the codes of warnings. */
export interface Said {
  readonly name?: string;
  readonly asOf?: string;
  readonly error?: string;
  readonly warnings: readonly string[];
}

export function saidBy(kind: Kind, { data, errors, extensions }: any): Said {
  const user = data?.viewer[kind.field];
  return {
    ...(user && { name: kind.nameIn(user), asOf: user.asOf }),
    ...(errors && { error: errors.map((each: any) => each.extensions.code).join() }),
    warnings: (extensions?.warnings ?? []).map(({ code }: any) => code),
  };
}

/** One server for both vendors. What it does is set for each caller; each success has another name. */
export async function startModelVendors() {
  const behaviors = new Map<ModelCaller, string>();
  const names = new Map<ModelCaller, string>();
  let calls = 0;
  const textOf = (headers: Readonly<Record<string, unknown>>) =>
    JSON.stringify([
      headers['dd-api-key'],
      headers['dd-application-key'],
      headers['x-heygen-api-key'] ?? headers['x-api-key'],
    ]);
  const callerOf = new Map(CALLERS.map((caller) => [textOf(caller.headers), caller]));
  const server = await startUpstream((...call) => {
    const caller = callerOf.get(textOf(call[1].headers));
    if (caller === undefined) throw new Error('nobody’s keys');
    calls += 1;
    const { script } = behaviorOf(caller);
    if (script !== undefined) return script(...call);
    const name = `${CALLERS.indexOf(caller)}: ${calls}`;
    names.set(caller, name);
    caller.kind.success(name)(...call);
  });
  const behaviorOf = (caller: ModelCaller): Behavior => {
    const behavior = caller.kind.behaviors[behaviors.get(caller) ?? 'success'];
    // Those of another vendor.
    return behavior ?? { script: undefined };
  };
  return {
    ...server,
    behaviorOf,
    behave: (caller: ModelCaller, name: string) => void behaviors.set(caller, name),
    isHanging: (caller: ModelCaller) => behaviors.get(caller) === 'hanging',
    /** In the last success. */
    nameOf: (caller: ModelCaller) => names.get(caller),
  };
}
