import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A TCP connection to this URL's server, for bytes that no HTTP client would send. */
export async function connect(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connectSocket(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk) => (received += chunk));
  await once(socket, 'connect');
  // After a reset, tests read what was received before it.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));

  return {
    /** Resolves with everything received once the server closes the connection. */
    closed,
    send: (text: string) => void socket.write(text),
    /** Resolves with what has been received, once it matches. @throws {Error} if the connection ends first */
    async receive(pattern: RegExp): Promise<string> {
      while (!pattern.test(received)) {
        if (socket.closed) throw new Error(`ended before ${pattern}: ${received}`);
        await Promise.race([once(socket, 'data').catch(() => {}), closed]);
      }
      const text = received;
      received = '';
      return text;
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}

/** A POST in HTTP/1.1 format. */
export function rawPost(path: string, body: string, headers: Record<string, string> = {}): string {
  const lines = Object.entries({
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** Resolves once this URL's server accepts no more connections. */
export async function stoppedListening(url: string): Promise<void> {
  for (;;) {
    // The server stops listening only after some turns without a new connection.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    try {
      (await connect(url))[Symbol.dispose]();
    } catch {
      return;
    }
  }
}
