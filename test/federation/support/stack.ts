import { startProcess } from '../../support/process.ts';
import { startDirectory } from '../directory.ts';
import type { Compose, Subgraph, Urls } from './compose.ts';
import { type GatewayCommand, startGateway, type Untyped } from './gateway.ts';
import { startVendors } from './vendors.ts';

export interface GatewayKind {
  readonly name: string;
  readonly command: GatewayCommand;
  readonly compose: Compose;
  /** The paths of the errors that it reports for a failed entity with these fields selected. */
  readonly entityPaths: (list: string, index: number, fields: readonly string[]) => unknown[][];
  /** The errors that it reports if a non-null field is null. */
  readonly brokenPromise: (path: string) => Readonly<Record<string, string>>;
  /** The code in its errors' extensions if the subgraph refused the whole request. */
  readonly refusalCode: (extensions: Untyped) => unknown;
}

export interface StackSettings {
  readonly subgraphs: (urls: Urls) => readonly Subgraph[];
  /** Rolecall's environment, in addition to the vendors' addresses. */
  readonly rolecall: Readonly<Record<string, string>>;
  readonly gateway?: Readonly<Record<string, string>>;
}

/** The vendors, Rolecall, the directory, and a gateway in front of the two. */
export async function startStack(
  { command, compose }: GatewayKind,
  { subgraphs, rolecall: environment, gateway: gatewayEnvironment }: StackSettings,
) {
  await using started = new AsyncDisposableStack();
  const vendors = started.use(await startVendors());
  const directory = started.use(await startDirectory());
  const rolecall = started.use(
    startProcess({
      ...vendors.environment,
      UPSTREAM_RETRIES: '0',
      ...environment,
    }),
  );
  const urls = {
    rolecall: new URL('/subgraph', await rolecall.listening()).href,
    directory: directory.url,
  };
  const { supergraph, errors } = compose(subgraphs(urls));
  if (supergraph === undefined) throw new Error(errors.join('\n'));
  const gateway = started.use(await startGateway(command, supergraph, gatewayEnvironment));
  const everything = started.move();
  return {
    query: gateway.query,
    /** The requests that each has received since the last `forget`. */
    datadog: vendors.seen('datadog'),
    heygen: vendors.seen('heygen'),
    seenBy: vendors.seen,
    directory: directory.seen,
    forget() {
      vendors.forget();
      directory.seen.splice(0);
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

export type Stack = Awaited<ReturnType<typeof startStack>>;
