/**
 * Mutation tests: makes one change to the source at a time, in a copy of the tree, and checks whether a test fails.
 * Only the test files that reach the change run, the quickest first, until one fails. A type error counts too.
 *
 *     npm run test:mutation -- --folder src/server --sample 50 --seed 1 --concurrency 2
 *
 * `--budget 60` limits the seconds of test files for one mutant, and `--tests 'test/l*.test.ts'` limits the test files.
 * Both save time, but mutants that the other tests would kill survive.
 * Mutants that behave like the source are listed in equivalent.json, each with the reason.
 */
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Content, contentOf, type Mutant, mutantsOf, sample } from './mutants.ts';
import { measureTestFile, runTestFile, type TestFile } from './test-file.ts';
import { Tree } from './tree.ts';

const FOLDERS = ['src/providers', 'src/upstream', 'src/server'];
/** The sandbox's bodies: arbitrary data. */
const DATA = /\/sandbox\/(document|permissions)\.ts$/;
const EQUIVALENT = new URL('equivalent.json', import.meta.url);
const BASELINE_LIMIT_MS = 600_000;
/** A mutant may take longer than the source, and the machine may be busier. */
const SLOWER = 4;
const GRACE_MS = 20_000;

interface Verdict {
  readonly mutant: Mutant;
  /** What killed it; undefined if it survived. */
  readonly killer: string | undefined;
  readonly reached: number;
}

const { values } = parseArgs({
  options: {
    folder: { type: 'string', multiple: true, default: FOLDERS },
    sample: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: String(availableParallelism()) },
    budget: { type: 'string', default: 'Infinity' },
    tests: { type: 'string', default: 'test/*.test.ts' },
  },
});
const budgetMs = Number(values.budget) * 1000;

const trees = Array.from({ length: Number(values.concurrency) }, () => Tree.create());
try {
  const [{ root }] = trees as [Tree];
  const tests = await measureTests(root);
  for (const folder of values.folder) await testFolder(folder, root, tests);
} finally {
  for (const tree of trees) tree[Symbol.dispose]();
}

/** Runs items in parallel, one per tree. */
async function inTrees<Item, Result>(
  items: readonly Item[],
  run: (item: Item, tree: Tree) => Promise<Result>,
): Promise<readonly Result[]> {
  const queue = [...items];
  const results: Result[] = [];
  const work = async (tree: Tree) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      results.push(await run(item, tree));
    }
  };
  await Promise.all(trees.map(work));
  return results;
}

function measureTests(root: string): Promise<readonly TestFile[]> {
  const paths = globSync(values.tests, { cwd: root }).sort();
  console.log(`Running ${paths.length} test files to see what each reaches`);
  return inTrees(paths, async (path, tree) => {
    const test = await measureTestFile(tree.root, path, BASELINE_LIMIT_MS);
    console.log(`${path}: ${(test.ms / 1000).toFixed(1)} s`);
    return test;
  });
}

async function testFolder(folder: string, root: string, tests: readonly TestFile[]): Promise<void> {
  const files = globSync(`${folder}/**/*.ts`, { cwd: root }).sort();
  const all = files.filter((file) => !DATA.test(file)).flatMap((file) => mutantsOf(root, file));
  const equivalent = equivalentIn(folder, all);
  const chosen = sample(
    all.filter((mutant) => !equivalent.has(contentOf(mutant))),
    Number(values.sample),
    values.seed,
  );
  console.log(`\n${folder}: ${chosen.length} of ${all.length} mutants, seed ${values.seed}`);
  const kills = new Map<string, number>();
  const verdicts = await inTrees(chosen, async (mutant, tree) => {
    const verdict = await testMutant(mutant, tree, tests, kills);
    console.log(`${verdict.killer ? `killed by ${verdict.killer}` : 'SURVIVED'}: ${show(mutant)}`);
    return verdict;
  });
  report(folder, verdicts, equivalent.size);
}

/** @param kills of each test file so far. Those with kills go first, which only saves time. */
async function testMutant(
  mutant: Mutant,
  tree: Tree,
  tests: readonly TestFile[],
  kills: Map<string, number>,
): Promise<Verdict> {
  const cost = ({ path, ms }: TestFile) => ms / (1 + (kills.get(path) ?? 0));
  const reaching = tests
    .filter((test) => test.reaches(mutant.file, mutant.offset))
    .sort((one, other) => cost(one) - cost(other));
  const killer = async () => {
    if (tree.hasTypeErrors()) return 'types';
    let spent = 0;
    for (const { path, ms } of reaching) {
      spent += ms;
      if (spent > budgetMs) return undefined;
      const outcome = await runTestFile(tree.root, path, ms * SLOWER + GRACE_MS);
      if (outcome === 'passed') continue;
      kills.set(path, (kills.get(path) ?? 0) + 1);
      return outcome === 'timed out' ? `${path} (timed out)` : path;
    }
    return undefined;
  };
  tree.apply(mutant);
  try {
    return { mutant, killer: await killer(), reached: reaching.length };
  } finally {
    tree.restore(mutant);
  }
}

/** @throws {Error} if a listed mutant no longer exists */
function equivalentIn(folder: string, mutants: readonly Mutant[]): ReadonlySet<string> {
  const contents = new Set(mutants.map(contentOf));
  const listed: readonly Content[] = JSON.parse(readFileSync(EQUIVALENT, 'utf8'));
  const here = listed.filter(({ file }) => file.startsWith(`${folder}/`));
  const stale = here.filter((each) => !contents.has(contentOf(each)));
  if (stale.length > 0) throw new Error(`no such mutants: ${JSON.stringify(stale, null, 2)}`);
  return new Set(here.map(contentOf));
}

function report(folder: string, verdicts: readonly Verdict[], equivalent: number): void {
  const survivors = verdicts.filter(({ killer }) => killer === undefined);
  const byTypes = verdicts.filter(({ killer }) => killer === 'types').length;
  const killed = verdicts.length - survivors.length;
  const percent = (share: number, of: number) => `${((100 * share) / of).toFixed(0)} %`;
  console.log(
    `\n${folder}: ${percent(killed, verdicts.length)} of ${verdicts.length} killed: ${byTypes} by types, ${killed - byTypes} by tests ` +
      `(${percent(killed - byTypes, verdicts.length - byTypes)} of the others); ${equivalent} known to be equivalent`,
  );
  for (const { mutant, reached } of survivors) {
    console.log(`survived ${reached || 'no'} test files: ${show(mutant)}`);
  }
}

function show({ file, lineNumber, before, after }: Mutant): string {
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 120);
  return `${file}:${lineNumber}: ${short(before)} → ${short(after) || '(removed)'}`;
}
