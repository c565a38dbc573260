import type { ReactNode } from 'react';

/** Facts about a user, each with its name. A fact that is null is not known. */
export function Facts({ facts }: { readonly facts: Readonly<Record<string, ReactNode>> }) {
  return (
    <dl className="facts">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span className="unknown-fact">Not known</span>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** When the vendor said so. */
export function AsOf({ date }: { readonly date: string | null }) {
  if (date === null) return null;
  return (
    <p className="as-of">
      As of <time dateTime={date}>{new Date(date).toLocaleTimeString()}</time>
    </p>
  );
}
