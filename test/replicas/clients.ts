import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { QUERY } from '../support/caching.ts';

const BODY = JSON.stringify({ query: QUERY });

/** What comes of a request. */
export interface Outcome {
  /** The name of Datadog's user, and when Datadog sent it. */
  readonly name?: string;
  readonly asOf?: string;
  /** Why there is no user: the HTTP status, if it is not 200, and the codes of errors, or the code of a failed connection. */
  readonly failure?: string;
  readonly warnings: readonly string[];
}

/** Sends `QUERY`. Never rejects. */
export async function ask(url: string, options: RequestOptions = {}): Promise<Outcome> {
  const headers = { 'content-type': 'application/json', ...options.headers };
  try {
    const sent = request(`${url}/graphql`, { ...options, method: 'POST', headers }).end(BODY);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return outcomeOf(response.statusCode, Buffer.concat(await response.toArray()).toString());
  } catch (error) {
    return { failure: (error as NodeJS.ErrnoException).code ?? String(error), warnings: [] };
  }
}

function outcomeOf(status: number | undefined, text: string): Outcome {
  if (!text.startsWith('{')) return { failure: `${status}`, warnings: [] };
  const { data, errors = [], extensions } = JSON.parse(text);
  const codesOf = (these: any[] = []) => these.map((each) => each.extensions?.code ?? each.code);
  const failure = [...(status === 200 ? [] : [status]), ...codesOf(errors)].join(' ');
  return {
    ...data?.viewer?.datadog,
    ...(failure && { failure }),
    warnings: codesOf(extensions?.warnings),
  };
}

/** One request of a load; times on the clock of `performance.now()`. */
export interface Sent extends Outcome {
  /** From 0. */
  readonly client: number;
  readonly began: number;
  readonly ended: number;
}

export interface LoadOptions {
  readonly clients: number;
  /** How long a client waits between two requests. */
  readonly pauseMs?: number;
  readonly headers?: (client: number) => Record<string, string>;
}

/** Clients that each keep a connection and send one request after another. */
export function startLoad(url: string, { clients, pauseMs = 0, headers }: LoadOptions) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const sent: Sent[] = [];
  let isOver = false;
  const running = Array.from({ length: clients }, async (_, client) => {
    while (!isOver) {
      const began = performance.now();
      const outcome = await ask(url, { agent, headers: headers?.(client) ?? {} });
      sent.push({ ...outcome, client, began, ended: performance.now() });
      if (pauseMs > 0) await delay(pauseMs);
    }
  });
  async function stop(): Promise<readonly Sent[]> {
    isOver = true;
    await Promise.all(running);
    agent.destroy();
    return sent;
  }
  return {
    /** The requests that have ended. */
    sent: sent as readonly Sent[],
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** How often each failure occurred. */
export function failuresOf(sent: readonly Outcome[]): Record<string, number> {
  const failed = sent.flatMap(({ failure }) => failure ?? []);
  return Object.fromEntries(
    Object.entries(Object.groupBy(failed, (each) => each)).map(([each, all = []]) => [
      each,
      all.length,
    ]),
  );
}

/** The latency that this part of the requests did not exceed, in ms. */
export function latency(sent: readonly Sent[], part: number): number {
  const sorted = sent.map(({ began, ended }) => ended - began).sort((a, b) => a - b);
  return Math.round((sorted[Math.ceil(sorted.length * part) - 1] ?? 0) * 10) / 10;
}
