import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import type { Headers } from './callers.ts';

const START_MS = 60_000;

/** How to start a gateway: Node's arguments, and how to set the port. */
export type GatewayCommand = (listen: { readonly port: number }) => readonly string[];

export type Untyped = any;

export interface GraphQLResponse {
  readonly data?: Untyped;
  readonly errors?: readonly Untyped[];
}

/** A gateway for this supergraph, in its own process. */
export async function startGateway(
  command: GatewayCommand,
  supergraph: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-federation-'));
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraph);
  // Not every gateway reports its port.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  const child = spawn(process.execPath, command({ port }), {
    cwd: join(import.meta.dirname, '..'),
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      SUPERGRAPH: file,
      PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');

  async function query(
    text: string,
    headers: Headers = {},
    variables = {},
  ): Promise<GraphQLResponse> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: text, variables }),
    });
    return (await response.json()) as GraphQLResponse;
  }

  async function stop() {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true });
  }

  try {
    await untilReady(child, () => query('{ __typename }'));
  } catch (error) {
    await stop();
    throw new Error(`The gateway does not start: ${output}`, { cause: error });
  }
  return { query, [Symbol.asyncDispose]: stop };
}

async function untilReady(
  child: ChildProcess,
  query: () => Promise<GraphQLResponse>,
): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (child.exitCode === null && performance.now() < deadline) {
    const response = await query().catch(() => undefined);
    if (response?.data !== undefined) return;
    await delay(100);
  }
  throw new Error(`exit code ${child.exitCode}`);
}

/** The data of a response without errors. */
export function dataOf({ data, errors }: GraphQLResponse): Untyped {
  assert.deepEqual(errors, undefined);
  return data;
}

/** The codes of a response's errors, by path. */
export function codesOf({ errors = [] }: GraphQLResponse): Record<string, unknown> {
  return Object.fromEntries(
    errors.map(({ path, extensions }) => [path?.join('.') ?? '', extensions?.code]),
  );
}
