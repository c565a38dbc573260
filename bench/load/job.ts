import type { QueryName } from '../contract.ts';

/** A load on one server, until both `milliseconds` and `requests` are reached. */
export interface Job {
  readonly url: string;
  readonly pid: number;
  readonly query: QueryName;
  /** One connection for each. */
  readonly keys: readonly string[];
  readonly milliseconds: number;
  readonly requests: number;
}

/** `cpuMs` is the server's, per request; `p50` and `p99` are latencies in milliseconds. */
export interface Measurement {
  readonly cpuMs: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly rssMb: number;
}
