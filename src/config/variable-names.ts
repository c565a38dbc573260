import levenshtein from 'js-levenshtein';
import type { Provider } from '../providers/provider.ts';
import { allSettings, variablesOf } from './variables.ts';

/** Prefixes that only Rolecall's variables have; providers add their own. */
const PREFIXES = ['LIMIT_', 'UPSTREAM_', 'BREAKER_'];
/** Many programs read these, so a similar name is often another program's, such as Go's `GOPROXY`. */
const SHARED = /^(host|port|https?_proxy|no_proxy)$/i;
/** Kubernetes sets variables like these for each service. */
const OF_A_SERVICE = /_(SERVICE_(HOST|PORT)|PORT)(_|$)/;

type Variables = Readonly<Record<string, string>>;

interface NamedVariables {
  /** With the current names in place of former ones. */
  readonly set: Variables;
  /** A sentence for each former or misspelt name. */
  readonly warnings: readonly string[];
}

/**
 * Finds variables with a former name, or with a name that is probably misspelt.
 * @param others names of variables that no schema reads
 */
export function checkNames(
  set: Variables,
  providers: readonly Provider[],
  others: readonly string[],
): NamedVariables {
  const renamed = new Map(
    providers.flatMap(({ renamedVariables = {} }) => Object.entries(renamedVariables)),
  );
  const prefixes = [...PREFIXES, ...providers.flatMap(({ variablePrefix = [] }) => variablePrefix)];
  const names = new Set([...allSettings(providers).flatMap(variablesOf), ...others]);
  const meanable = [...names].filter((name) => !SHARED.test(name));
  const warnings: string[] = [];
  const kept = Object.entries(set).flatMap(([name, value]) => {
    const current = renamed.get(name);
    if (current !== undefined) {
      const isIgnored = current in set;
      warnings.push(renamedText(name, current, isIgnored));
      return isIgnored ? [] : [[current, value] as const];
    }
    if (!names.has(name)) warnings.push(...misspeltText(name, meanable, prefixes));
    return [[name, value] as const];
  });
  return { set: Object.fromEntries(kept), warnings };
}

function renamedText(name: string, current: string, isIgnored: boolean): string {
  return isIgnored
    ? `${name} is the former name of ${current}, and is ignored because both are set. Unset ${name}.`
    : `${name} is now called ${current}. Rename it: the former name will stop working.`;
}

function misspeltText(
  name: string,
  names: readonly string[],
  prefixes: readonly string[],
): readonly string[] {
  const meant = findMeant(name.toUpperCase(), names, prefixes);
  return meant === undefined
    ? []
    : [`${name} is not a variable of Rolecall and is ignored. Did you mean ${meant}?`];
}

function findMeant(
  name: string,
  names: readonly string[],
  prefixes: readonly string[],
): string | undefined {
  const prefix = prefixes.find((text) => name.startsWith(text));
  if (prefix === undefined || OF_A_SERVICE.test(name)) {
    return closestTo(
      name,
      names.filter((each) => isNearMiss(name, each)),
    );
  }
  const ofPrefix = names.filter((each) => each.startsWith(prefix));
  // `LIMIT_BODY` means `LIMIT_BODY_BYTES`, though others are closer to it.
  const longer = ofPrefix.filter((each) => each.startsWith(name));
  return closestTo(name, longer.length > 0 ? longer : ofPrefix);
}

function isNearMiss(name: string, other: string): boolean {
  const [a, b] = [lettersOf(name), lettersOf(other)];
  const edits = allowedEdits(b.length);
  return Math.abs(a.length - b.length) <= edits && levenshtein(a, b) <= edits;
}

/** Fewer for short names, because a name that resembles a short one is more likely to mean something else. */
function allowedEdits(length: number): number {
  return length < 11 ? 1 : 2;
}

/** Ignores underscores, which are easily forgotten or replaced by hyphens. */
function lettersOf(name: string): string {
  return name.replaceAll(/[^A-Z0-9]/g, '');
}

function closestTo(name: string, names: readonly string[]): string | undefined {
  const distances = names.map((each) => levenshtein(name, each));
  return names[distances.indexOf(Math.min(...distances))];
}
