import type { Server } from 'node:http';

/** Listens where the parent process said, on loopback only. */
export function ready(server: Server): void {
  server.listen(Number(process.env['PORT']), '127.0.0.1');
}
