import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { credential } from '../contract.ts';
import { type Cell, cellName, graphqlUrl } from '../peers.ts';
import type { Running } from '../processes.ts';
import type { Job, Measurement } from './job.ts';

const CONNECTIONS = 8;

export interface Effort {
  readonly milliseconds: number;
  readonly requests: number;
}

/** The load generator, in a process of its own. */
export class Load {
  readonly #child = fork(fileURLToPath(new URL('generator.ts', import.meta.url)));

  /**
   * A distinct credential per connection and server: nothing can be shared between them.
   * @param name the server's
   */
  async run(name: string, peer: Running, cell: Cell, effort: Effort): Promise<Measurement> {
    const job: Job = {
      url: graphqlUrl(peer.origin),
      pid: peer.pid,
      query: cell.query,
      keys: Array.from({ length: CONNECTIONS }, (_, connection) =>
        credential(cell.size, cell.mode, `${name}-${connection}`),
      ),
      ...effort,
    };
    this.#child.send(job);
    const [message] = (await once(this.#child, 'message')) as [Measurement | { failure: string }];
    if ('failure' in message) throw new Error(`${name}, ${cellName(cell)}: ${message.failure}`);
    return message;
  }

  stop(): void {
    this.#child.kill();
  }
}
