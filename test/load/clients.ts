import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';

const OPERATIONS = [
  '{ viewer { providers users { id displayName email } } }',
  '{ viewer { datadog { roles { name permissions { name } } organization { name } } } }',
  '{ viewer { heygen { firstName lastName } } }',
  '{ viewer { datadog { hasPermission(name: "dashboards_write") grants { roles { name } } } } }',
];

/** How often each outcome occurred: `200`, `200 UPSTREAM_TIMEOUT`, `ECONNREFUSED`. */
export type Outcomes = Map<string, number>;

/** Starts clients that each send one operation after another until they are stopped or their connection is refused. */
export function startClients(url: string, count: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  const outcomes: Outcomes = new Map();
  let isStopped = false;

  async function run(): Promise<void> {
    while (!isStopped) {
      const found = await ask(url, agent);
      for (const outcome of found) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (found.includes('ECONNREFUSED')) return;
    }
  }
  const clients = Array.from({ length: count }, run);

  return {
    outcomes,
    /** Resolves once every client's connection has been refused. */
    refused: Promise.all(clients),
    async stop(): Promise<void> {
      isStopped = true;
      await Promise.all(clients);
      agent.destroy();
    },
  };
}

async function ask(url: string, agent: Agent): Promise<readonly string[]> {
  const query = OPERATIONS[Math.floor(Math.random() * OPERATIONS.length)];
  const headers = { 'content-type': 'application/json' };
  try {
    const sent = request(url, { method: 'POST', agent, headers }).end(JSON.stringify({ query }));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { errors } = JSON.parse(Buffer.concat(await response.toArray()).toString());
    const codes: string[] = (errors ?? []).map(
      ({ extensions }: { extensions?: { code?: string } }) =>
        `${response.statusCode} ${extensions?.code}`,
    );
    return codes.length > 0 ? [...new Set(codes)] : [String(response.statusCode)];
  } catch (error) {
    return [(error as NodeJS.ErrnoException).code ?? String(error)];
  }
}
