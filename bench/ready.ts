import type { Server } from 'node:http';

/** Listens on the port that the parent process chose, on loopback only. */
export function ready(server: Server): void {
  server.listen(Number(process.env['PORT']), '127.0.0.1');
}
