import { type Call, makeCall } from './call.ts';
import { callerLeft, timedOut, unlessLeft } from './failure.ts';
import type { UpstreamResponse } from './response.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { UpstreamSettings } from './settings.ts';
import { Site } from './site.ts';
import type { Slot } from './slots.ts';
import type { Transport } from './transport.ts';

/** Whose calls count to one share together: those of credentials that the vendor has not accepted. */
const STRANGERS = '';

/**
 * The sites of one vendor, each by its base URL. A call passes, in this order: its credential's breaker,
 * the slots of the base URL, the breaker again (it may have opened meanwhile), and ky's attempts, whose retries
 * come out of the budget. The deadline covers all of it.
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
   * @param baseUrl a vendor's site, or what stands in for it: nothing is shared with others
   * @returns the vendor's response, whatever its status
   * @throws {UpstreamFailure} where there is none
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
      // Where its turn comes with the deadline nobody is asked, and the breaker has nothing to count.
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
      tenant: isAccepted ? credential : STRANGERS,
      retries: isProbe || !isRepeatable ? 0 : this.#settings.retries,
      deadline,
    });
    const counted = hold(site, slot, site.breaker.watch(credential, isAccepted, isProbe, response));
    return isProbe ? leaveProbe(call, counted) : counted;
  }

  /** Takes note that the vendor gave a value to this credential. */
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

/** A probe shows how the vendor is: it runs to its own end, even where its caller goes away before. */
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
