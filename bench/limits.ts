import { administrator } from '../test/fixtures/datadog.ts';
import { v1 } from '../test/fixtures/heygen.ts';
import { createServerGateway } from '../test/support/gateway.ts';
import { json, startUpstream } from '../test/support/upstream.ts';
import { corners } from './corners.ts';

/** How often each document is asked: it is compiled the third time. */
const TIMES = 4;

await using datadog = await startUpstream(json(administrator()));
await using heygen = await startUpstream(json(v1()));
const gateway = createServerGateway({ datadog, heygen }, { RATE_LIMIT: '0', HEYGEN_API_VERSION: 'v1' });

async function ask(path: string, body: string) {
  const before = process.threadCpuUsage();
  const response = await gateway.fetch(`http://rolecall.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  const { user, system } = process.threadCpuUsage(before);
  return { ms: (user + system) / 1000, status: response.status, bytes: text.length, text };
}

// Warm.
for (let i = 0; i < 50; i += 1) await ask('/graphql', JSON.stringify({ query: `{ viewer { users { id displayName a${i}: email } datadog { roles { id name permissions { id name } } } } }` }));

const rows = [];
for (const { name, query, path = '/graphql', variables } of corners) {
  const asked = [];
  for (let time = 1; time <= TIMES; time += 1) asked.push(await ask(path, JSON.stringify({ query, variables })));
  const [first, , third, fourth] = asked;
  const code = /"code":"([A-Z_]+)"/.exec(first?.text ?? '')?.[1] ?? 'served';
  rows.push({ corner: name, characters: query.length, first: +first!.ms.toFixed(1), third: +third!.ms.toFixed(1), fourth: +fourth!.ms.toFixed(1), bytes: first?.bytes, code });
  process.stdout.write('.');
}
console.log();
console.table(rows);
