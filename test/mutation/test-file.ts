import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Outcome = 'passed' | 'failed' | 'timed out';

/** V8's coverage of a function or block (https://chromedevtools.github.io/devtools-protocol/v8/Profiler). */
interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** A test file, its duration, and the source that it reaches. */
export interface TestFile {
  readonly path: string;
  readonly ms: number;
  reaches(file: string, offset: number): boolean;
}

/** Runs a test file until its first failure. */
export async function runTestFile(
  root: string,
  path: string,
  limitMs: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, ['--test-reporter=tap', path], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
    // In its own process group, so that servers that tests start end with it.
    detached: true,
  });
  let outcome: Outcome = 'passed';
  const end = (as: Outcome) => {
    if (outcome === 'passed') outcome = as;
    if (child.exitCode === null && child.signalCode === null) {
      process.kill(-(child.pid as number), 'SIGKILL');
    }
  };
  const timer = setTimeout(() => end('timed out'), limitMs);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (/^ *not ok/m.test(output)) end('failed');
  });
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  if (code !== 0) end('failed');
  return outcome;
}

/** Runs a test file without a mutant. @throws {Error} if it fails */
export async function measureTestFile(
  root: string,
  path: string,
  limitMs: number,
): Promise<TestFile> {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-coverage-'));
  const started = performance.now();
  const outcome = await runTestFile(root, path, limitMs, { NODE_V8_COVERAGE: folder });
  const ms = performance.now() - started;
  if (outcome !== 'passed') throw new Error(`${path} ${outcome} without a mutant`);
  const source = pathToFileURL(join(root, 'src')).href;
  const ranges = new Map<string, Range[][]>();
  // There is a report for each process that the test started.
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const { url, functions } of result) {
      if (!url.startsWith(source)) continue;
      const flat: Range[] = functions.flatMap((each: { ranges: Range[] }) => each.ranges);
      ranges.set(url, [...(ranges.get(url) ?? []), flat]);
    }
  }
  rmSync(folder, { recursive: true });
  return {
    path,
    ms,
    reaches(file, offset) {
      const reports = ranges.get(pathToFileURL(join(root, file)).href) ?? [];
      return reports.some((report) => countAt(report, offset) > 0);
    },
  };
}

/** The innermost range counts. */
function countAt(ranges: readonly Range[], offset: number): number {
  let innermost: Range | undefined;
  for (const range of ranges) {
    if (offset < range.startOffset || offset >= range.endOffset) continue;
    if (innermost === undefined || lengthOf(range) <= lengthOf(innermost)) innermost = range;
  }
  return innermost?.count ?? 0;
}

function lengthOf({ startOffset, endOffset }: Range): number {
  return endOffset - startOffset;
}
