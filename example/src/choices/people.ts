import { useEffect, useState } from 'react';

/** Someone whom the page can be shown as. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** What to look at. */
  readonly note: string;
}

/** The people whose keys the backend has; empty until it responds. */
export function usePeople(): readonly Person[] {
  const [people, setPeople] = useState<readonly Person[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    fetch('/people', { signal: controller.signal })
      .then((response) => response.json() as Promise<readonly Person[]>)
      .then(setPeople)
      .catch((error: unknown) => {
        if (!controller.signal.aborted) console.warn('The list of people did not arrive.', error);
      });
    return () => controller.abort();
  }, []);
  return people;
}
