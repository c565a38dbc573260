import { type Call, makeCall } from './call.ts';
import { callerLeft, timedOut, unlessLeft } from './failure.ts';
import type { UpstreamResponse } from './response.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { UpstreamSettings } from './settings.ts';
import { Site } from './site.ts';
import type { Slot } from './slots.ts';
import type { Transport } from './transport.ts';

/** All credentials that the vendor has not accepted count as this one tenant. */
const UNACCEPTED = '';

/**
 * The sites of one vendor, by base URL. A call passes its credential's breaker, the slots of the base URL, the breaker
 * again (it may have opened while the call waited), and ky's attempts, whose retries the budget limits.
 * The deadline covers all of this.
 */
export class Sites {
  readonly #settings: UpstreamSettings;
  readonly #transport: Transport;
  readonly #policy: RetryPolicy;
  readonly #sites = new Map<string, Site>();

  constructor(settings: UpstreamSettings, transport: Transport, policy: RetryPolicy) {
    this.#settings = settings;
    this.#transport = transport;
    this.#policy = policy;
  }

  /**
   * @param baseUrl a vendor's site, or its replacement; it shares no state with other base URLs
   * @returns the vendor's response, whatever its status
   * @throws {UpstreamFailure} if there is none
   */
  async send(baseUrl: URL, call: Call): Promise<UpstreamResponse> {
    const { credential, isRepeatable, signal } = call;
    const { deadlineMs } = this.#settings;
    const site = this.#siteOf(baseUrl);
    site.breaker.check(credential);
    const deadline = performance.now() + deadlineMs;
    const isAccepted = site.isAccepted(credential);
    const taken = site.slots.take(credential, isAccepted, signal, deadlineMs);
    const slot = taken instanceof Promise ? await taken : taken;
    let isProbe: boolean;
    try {
      if (signal.aborted) throw callerLeft();
      // If the slot comes at the deadline, no call is made, so the breaker has nothing to count.
      if (performance.now() >= deadline) throw timedOut();
      isProbe = site.breaker.enter(credential);
    } catch (error) {
      site.slots.giveBack(slot);
      throw error;
    }
    const made = isProbe ? unwatched(call) : call;
    const response = makeCall(made, {
      settings: this.#settings,
      transport: this.#transport,
      policy: this.#policy,
      budget: site.budget,
      tenant: isAccepted ? credential : UNACCEPTED,
      retries: isProbe || !isRepeatable ? 0 : this.#settings.retries,
      deadline,
    });
    const counted = hold(site, slot, site.breaker.watch(credential, isAccepted, isProbe, response));
    return isProbe ? leaveProbe(call, counted) : counted;
  }

  /** Records that the vendor accepted this credential. */
  accept(baseUrl: URL, credential: string): void {
    this.#siteOf(baseUrl).accept(credential);
  }

  #siteOf({ href }: URL): Site {
    let site = this.#sites.get(href);
    if (site === undefined) {
      site = new Site(this.#settings);
      this.#sites.set(href, site);
    }
    return site;
  }
}

async function hold(
  site: Site,
  slot: Slot,
  response: Promise<UpstreamResponse>,
): Promise<UpstreamResponse> {
  try {
    return await response;
  } finally {
    site.slots.giveBack(slot);
  }
}

/** A probe runs to its end even if its caller disconnects, because its outcome decides about the breaker. */
function unwatched(call: Call): Call {
  const { signal } = new AbortController();
  return {
    ...call,
    signal,
    report: (report) => {
      if (!call.signal.aborted) call.report(report);
    },
  };
}

async function leaveProbe(
  { signal, report }: Call,
  probe: Promise<UpstreamResponse>,
): Promise<UpstreamResponse> {
  const started = performance.now();
  const leave = () =>
    report({ failure: 'cancelled', attempts: 1, durationMs: performance.now() - started });
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await unlessLeft(signal, probe);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
