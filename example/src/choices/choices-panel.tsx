import { useId } from 'react';
import { type Choices, NETWORKS, VENDOR_STATES } from './choices.ts';
import { usePeople } from './people.ts';

interface Props {
  readonly choices: Choices;
  readonly onChange: (changes: Partial<Choices>) => void;
}

/** Whom the page is shown to, and what fails on the way. */
export function ChoicesPanel({ choices, onChange }: Props) {
  const people = usePeople();
  const person = people.find(({ id }) => id === choices.person);
  const names = Object.fromEntries(people.map(({ id, name }) => [id, name]));
  return (
    <aside className="choices" aria-labelledby="choices-heading">
      <h2 id="choices-heading">Look at it as</h2>
      <Choice
        label="Person"
        value={choices.person}
        names={{ [choices.person]: '…', ...names }}
        onChange={(value) => onChange({ person: value })}
      />
      <p className="choices-note" role="status">
        {person?.note}
      </p>
      <h2>What if</h2>
      <div className="choices-conditions">
        <Choice
          label="Datadog"
          value={choices.datadog}
          names={VENDOR_STATES}
          onChange={(datadog) => onChange({ datadog })}
        />
        <Choice
          label="HeyGen"
          value={choices.heygen}
          names={VENDOR_STATES}
          onChange={(heygen) => onChange({ heygen })}
        />
        <Choice
          label="Network"
          value={choices.network}
          names={NETWORKS}
          onChange={(network) => onChange({ network })}
        />
      </div>
      <p className="choices-note">
        The page names a person. The keys stay with its backend, which adds them to the request.
      </p>
    </aside>
  );
}

interface ChoiceProps<Name extends string> {
  readonly label: string;
  readonly value: Name;
  readonly names: Readonly<Record<Name, string>>;
  readonly onChange: (value: Name) => void;
}

function Choice<Name extends string>({ label, value, names, onChange }: ChoiceProps<Name>) {
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as Name)}>
        {Object.entries<string>(names).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
