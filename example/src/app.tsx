import { useMemo } from 'react';
import { useChoices } from './choices/choices.ts';
import { ChoicesPanel } from './choices/choices-panel.tsx';
import { createSession } from './data/session.ts';
import { PersonPage } from './person-page.tsx';

export function App() {
  const [choices, change] = useChoices();
  const session = useMemo(() => createSession(choices), [choices]);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the person
      </a>
      <header className="page-header">
        <p className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Rolecall <span>example</span>
        </p>
        <p className="tagline">Who am I, and what may I do?</p>
      </header>
      <div className="page">
        <ChoicesPanel choices={choices} onChange={change} />
        <PersonPage key={JSON.stringify(choices)} session={session} />
      </div>
    </>
  );
}
