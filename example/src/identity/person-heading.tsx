interface Props {
  readonly name: string;
  readonly title: string | null;
  readonly isServiceAccount?: boolean;
}

/** Initials instead of the avatar's URL, which would tell a third party who looks at the page. */
export function PersonHeading({ name, title, isServiceAccount = false }: Props) {
  const initials = name
    .split(' ')
    .map((word) => word.charAt(0))
    .join('')
    .slice(0, 2);
  return (
    <div className="person">
      <span className={isServiceAccount ? 'avatar avatar-service' : 'avatar'} aria-hidden="true">
        {initials}
      </span>
      <div>
        <p className="person-name">{name}</p>
        {title && <p className="person-title">{title}</p>}
      </div>
    </div>
  );
}
