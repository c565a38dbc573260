import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../support/process.ts';
import type { BuiltImage } from './build.ts';

/** Where a container finds its secrets. */
export const SECRETS = '/run/secrets';

/**
 * What a container runtime does, as far as it matters here: namespaces of its own for mounts and processes, a root that
 * is read-only, /proc, /dev, perhaps secrets, and the image's user without capabilities. The network is this machine's.
 * The arguments are the root, the secrets or an empty text, the user, the working directory and the command.
 */
const SCRIPT = `
set -e
root=$1 secrets=$2 user=$3 directory=$4
shift 4
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
if [ -n "$secrets" ]; then mount --bind "$secrets" "$root${SECRETS}"; fi
mount -o remount,bind,ro "$root"
exec chroot "$root" setpriv --reuid="\${user%:*}" --regid="\${user#*:}" --clear-groups \\
  --no-new-privs --bounding-set=-all --inh-caps=-all env -C "$directory" -- "$@"
`;

export interface ContainerOptions {
  /** In addition to the image's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A folder that is mounted at {@link SECRETS}. */
  readonly secrets?: string;
  /** Default: the image's entrypoint. */
  readonly command?: readonly string[];
}

/** Runs the image as its configuration says, with these arguments after the entrypoint. */
export function runContainer(
  { config, root }: BuiltImage,
  args: readonly string[] = [],
  { environment = {}, secrets = '', command = config.Entrypoint }: ContainerOptions = {},
) {
  mkdirSync(join(root, SECRETS), { recursive: true });
  const variables = config.Env.map((variable) => variable.split('=', 2) as [string, string]);
  const started = startProcess(
    { ...Object.fromEntries(variables), ...environment },
    {
      command: [
        ...['unshare', '--mount', '--pid', '--fork'],
        ...['sh', '-c', SCRIPT, 'sh', root, secrets, config.User, config.WorkingDir],
        ...command,
        ...args,
      ],
    },
  );
  const { child, exited } = started;
  /** The process ID, outside, of what is process 1 inside. */
  const processId = () =>
    Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
  return {
    ...started,
    processId,
    async [Symbol.asyncDispose]() {
      // All processes of the namespace end with its first, but not with `unshare`: a change of user ends that tie.
      if (child.exitCode === null && child.signalCode === null)
        process.kill(processId(), 'SIGKILL');
      await exited;
    },
  };
}
