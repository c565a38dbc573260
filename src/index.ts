import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { ConfigError } from './config/index.ts';
import type { VariableName } from './config/variable-name.ts';
import { assemble } from './process/assemble.ts';

export { ConfigError };

/** Rolecall's variables by their names, as in the environment: values are text. */
export type RolecallOptions = Readonly<Partial<Record<VariableName, string>>>;

/** Who sent a request. */
export interface Client {
  /** An IP address. */
  readonly address: string;
}

/** Rolecall as a part of another program. */
export interface Rolecall {
  /**
   * The Fetch handler. It serves `/graphql`, `/subgraph`, `/health` and `/ready`.
   * @param client whose address RATE_LIMIT counts; without it, all clients without token and keys share one limit
   */
  readonly fetch: (request: Request, client?: Client) => Promise<Response>;
  /** The same for `node:http`. */
  readonly nodeListener: RequestListener;
  readonly schema: GraphQLSchema;
  /** Is it ready for requests, as `/ready` says? Not while the issuer's keys have not been fetched yet. */
  readonly ready: boolean;
  /** Ends what runs behind it, such as the connection to Redis. Call it after the last request. */
  close(): void;
}

/**
 * Creates a Rolecall of its own: several in one process share nothing, and read nothing from the environment. HOST,
 * PORT, MAX_CONNECTIONS and the variables of shutdown do nothing, because the program itself listens. So the program also
 * decides who can reach it: without CLIENT_TOKENS, JWT_ISSUER or CREDENTIALS=request, everyone who does uses its keys.
 * @throws {ConfigError} naming every problem of the options at once
 */
export async function createRolecall(options: RolecallOptions = {}): Promise<Rolecall> {
  refuseOtherThanText(options);
  const { server, readiness, close } = await assemble(options);
  readiness.isReady = true;
  return {
    fetch: async (request, client) => toNative(await server.fetch(request, client?.address)),
    nodeListener: server.listener,
    schema: server.schema,
    get ready() {
      return server.isReady;
    },
    close() {
      readiness.isReady = false;
      close();
    },
  };
}

/** In JavaScript, a value may well be a number or a boolean. */
function refuseOtherThanText(options: Readonly<Record<string, unknown>>): void {
  const problems = Object.entries(options)
    .filter(([, value]) => value !== undefined && typeof value !== 'string')
    .map(([name]) => `${name} must be text, as in the environment.`);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Yoga's class of responses is not Node's own, which frameworks may expect. */
async function toNative(response: Response): Promise<Response> {
  const { status, statusText, headers, body } = response;
  // Whole, because Rolecall never streams.
  const bytes = body === null ? null : await response.arrayBuffer();
  return new Response(bytes, { status, statusText, headers: [...headers] });
}
