import { JwtVerifier } from '../../src/identity/verifier.ts';
import { readConfig } from './config.ts';
import type { Issuer } from './issuer.ts';

/** A verifier for this issuer's tokens, and the reports of its fetches. */
export function createVerifier(
  { environment: own }: Pick<Issuer, 'environment'>,
  environment: Readonly<Record<string, string>> = {},
) {
  const { identity, upstream } = readConfig({ ...own, ...environment });
  if (identity.jwt === undefined) throw new Error('no issuer');
  const failures: unknown[] = [];
  let waiting = Promise.withResolvers<void>();
  const verifier = new JwtVerifier(
    identity.jwt,
    identity.logSecret,
    upstream.proxy,
    ({ failure }) => {
      failures.push(failure);
      waiting.resolve();
      waiting = Promise.withResolvers();
    },
  );
  return {
    verifier,
    /** Why each fetch failed; undefined if it succeeded. */
    failures,
    /** Resolves once this many fetches have ended. */
    async ended(fetches: number) {
      while (failures.length < fetches) await waiting.promise;
    },
  };
}
