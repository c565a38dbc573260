import { useState } from 'react';
import { ACTIONS } from './actions.ts';
import { GatedAction } from './gated-action.tsx';

/** Buttons that only those see unlocked who hold the permission. All checks travel as one request. */
export function GatedActions() {
  const [done, setDone] = useState('');
  return (
    <section aria-labelledby="actions-heading">
      <h2 id="actions-heading">What may I do here?</h2>
      <p className="section-note">
        Gating in a page is for comfort. Datadog enforces permissions, whatever a page shows.
      </p>
      <ul className="actions">
        {ACTIONS.map((action) => (
          <GatedAction key={action.permission} action={action} onDone={setDone} />
        ))}
      </ul>
      <p className="action-done" role="status">
        {done && `“${done}” would happen now.`}
      </p>
    </section>
  );
}
