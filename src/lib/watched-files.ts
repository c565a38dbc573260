import { readFile, stat } from 'node:fs/promises';

const INTERVAL_MS = 500;
/** If the files keep changing, they are read at the last of these: within 2 s of the change. */
const MAX_LOOKS = 3;
/** The coarsest timestamps of file systems: two changes within this time may have the same one. */
const TIMESTAMP_MS = 2_000;
const OTHERS_MAY_READ = 0o004;

/** A file as it was read. */
export interface TextFile {
  readonly path: string;
  /** Without white space around it; empty if there is a problem. */
  readonly text: string;
  /** Why there is no text; follows "the file <path>" in messages. */
  readonly problem: string | undefined;
  /** May every user of the machine read it? */
  readonly isExposed: boolean;
  /** Differs from the next one if the file was changed or replaced since it was read, or may have been. */
  readonly version: string;
}

/** A file that cannot be read has a problem; it never rejects. */
export async function readTextFile(path: string, maxBytes: number): Promise<TextFile> {
  // First, so that a change during the read is seen at the next look.
  const seen = await versionOf(path);
  try {
    const stats = await stat(path);
    const isYoung = Date.now() - stats.ctimeMs < TIMESTAMP_MS;
    const version = isYoung ? `${seen} or later` : seen;
    const isExposed = (stats.mode & OTHERS_MAY_READ) !== 0;
    const problem = (text: string) => ({ path, text: '', problem: text, isExposed, version });
    if (!stats.isFile()) return problem('is not a regular file');
    if (stats.size > maxBytes) return problem(`has more than ${maxBytes} bytes`);
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? problem('is empty') : { ...problem(''), text, problem: undefined };
  } catch (error) {
    const problem = `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    return { path, text: '', problem, isExposed: false, version: seen };
  }
}

/**
 * Files that are used together, and are read together once they have stopped changing. It polls, because inotify
 * misses changes on network and FUSE file systems, and the swap of a link further up the path, by which Kubernetes
 * replaces the files of a secret.
 */
export class WatchedFiles {
  readonly #maxBytes: number;
  readonly #onChange: (files: readonly TextFile[]) => void;
  /** As they were read last. */
  #files: readonly TextFile[];
  /** The versions at each look since the change. */
  #seen: string[] = [];
  /** Undefined unless it looks. */
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param files as read at startup
   * @param onChange gets all of them if a text, a problem or who may read them has changed
   */
  constructor(
    files: readonly TextFile[],
    maxBytes: number,
    onChange: (files: readonly TextFile[]) => void,
  ) {
    this.#files = files;
    this.#maxBytes = maxBytes;
    this.#onChange = onChange;
  }

  /** Looks every half a second. It does not keep the process alive. */
  start(): void {
    const next = async () => {
      await this.look();
      if (this.#timer !== undefined) this.start();
    };
    this.#timer = setTimeout(next, INTERVAL_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Reads the files if they have changed, but not since the look before: no half-written file, and no half of a pair. */
  async look(): Promise<void> {
    const paths = this.#files.map(({ path }) => path);
    const versions = (await Promise.all(paths.map(versionOf))).join(' ');
    if (versions === versionsOf(this.#files)) {
      this.#seen = [];
      return;
    }
    const isSettled = this.#seen.at(-1) === versions;
    this.#seen.push(versions);
    if (!isSettled && this.#seen.length < MAX_LOOKS) return;
    const files = await Promise.all(paths.map((path) => readTextFile(path, this.#maxBytes)));
    const before = this.#files;
    this.#files = files;
    this.#seen = [];
    if (files.some((file, index) => differs(file, before[index]))) this.#onChange(files);
  }
}

async function versionOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

function versionsOf(files: readonly TextFile[]): string {
  return files.map(({ version }) => version).join(' ');
}

function differs(file: TextFile, other: TextFile | undefined): boolean {
  return (
    file.text !== other?.text ||
    file.problem !== other.problem ||
    file.isExposed !== other.isExposed
  );
}
