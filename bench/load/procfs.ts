import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says of another process; Linux only. */

/** The CPU time that all its threads have had, user and system, in milliseconds. */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  // In nanoseconds, where /proc/PID/stat counts hundredths of a second; no thread of Node's ends early.
  const times = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return times.reduce((sum, time) => sum + time, 0) / 1e6;
}

/** Its memory now (`VmRSS`), or the most that it ever had (`VmHWM`), in MB. */
export function memoryMb(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes] = new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
