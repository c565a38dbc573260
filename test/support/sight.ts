import { uuid } from '../fixtures/datadog.ts';
import { type Caller, type GrantedRole, ownText, permissionName } from './population.ts';

/** Versions of the vendors' responses. */
export interface Versions {
  readonly datadog: number;
  readonly heygen: number;
}

/** What one caller sees, in these versions of the vendors' responses. */
export class Sight {
  readonly caller: Caller;
  readonly hasHeyGen: boolean;
  readonly organization: string;
  readonly #versions: Versions;

  constructor(caller: Caller, versions: Versions, ownerOrganization: string | undefined) {
    this.caller = caller;
    this.#versions = versions;
    // Where callers are looked up, HeyGen is not connected, and the organization is the owner's.
    this.hasHeyGen = ownerOrganization === undefined && caller.keys.heygen !== undefined;
    this.organization = ownerOrganization ?? this.datadog('Organization');
  }

  datadog(what: string): string {
    return ownText('Datadog', this.caller, this.#versions.datadog, what);
  }

  heygen(what: string): string {
    return ownText('HeyGen', this.caller, this.#versions.heygen, what);
  }

  get username(): string {
    return `user-${this.caller.mark}`;
  }

  get fullName(): string {
    return `${this.heygen('First name')} ${this.heygen('Last name')}`;
  }

  role({ index }: GrantedRole) {
    return { id: uuid(3, index), name: this.datadog(`Role ${index}`) };
  }

  permission(index: number) {
    return {
      id: uuid(4, index),
      name: permissionName(this.caller, index),
      displayName: this.datadog(`Permission ${index}`),
    };
  }

  /** Each permission once, in the order first granted. */
  get held(): readonly number[] {
    return [...new Set(this.caller.roles.flatMap(({ permissions }) => permissions))];
  }
}
