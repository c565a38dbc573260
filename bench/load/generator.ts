import { Client } from 'undici';
import { requestBody, requestHeaders } from '../contract.ts';
import type { Job, Measurement } from './job.ts';
import { cpuMs, memoryMb } from './procfs.ts';

/** The process that generates load: each connection sends its next request as soon as it has a response. */

process.on('message', async (job: Job) => {
  try {
    process.send?.(await measure(job));
  } catch (error) {
    process.send?.({ failure: String(error) });
  }
});

async function measure(job: Job): Promise<Measurement> {
  const { origin } = new URL(job.url);
  const connections = job.keys.map((key) => ({
    client: new Client(origin, { headersTimeout: 60_000, bodyTimeout: 60_000 }),
    headers: requestHeaders(key),
  }));
  try {
    // Not counted: from here on, the server has everything that it keeps for a caller between requests.
    const lengths = await Promise.all(connections.map((connection) => ask(connection, job)));

    const latencies: number[] = [];
    const cpuBefore = cpuMs(job.pid);
    const began = performance.now();
    const goesOn = () =>
      performance.now() - began < job.milliseconds || latencies.length < job.requests;
    await Promise.all(
      connections.map(async (connection, index) => {
        while (goesOn()) {
          const sent = performance.now();
          const length = await ask(connection, job);
          latencies.push(performance.now() - sent);
          // Fresh responses differ only in a number of fixed width.
          if (length !== lengths[index]) throw new Error(`a response has ${length} bytes`);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    return {
      cpuMs: (cpuMs(job.pid) - cpuBefore) / latencies.length,
      perSecond: latencies.length / seconds,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      rssMb: memoryMb(job.pid, 'VmRSS'),
    };
  } finally {
    await Promise.all(connections.map(({ client }) => client.destroy()));
  }
}

async function ask(
  { client, headers }: { client: Client; headers: Record<string, string> },
  { url, query }: Job,
): Promise<number> {
  const { pathname } = new URL(url);
  const response = await client.request({
    path: pathname,
    method: 'POST',
    headers,
    body: requestBody(query),
  });
  let length = 0;
  for await (const chunk of response.body) length += chunk.length;
  if (response.statusCode !== 200) throw new Error(`it responded with ${response.statusCode}`);
  return length;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}
