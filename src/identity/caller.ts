/** The person whose verified token came with a request. */
export interface Caller {
  readonly issuer: string;
  /** Unique at this issuer, and never reassigned. */
  readonly subject: string;
  readonly email: string | undefined;
  /** Does the issuer vouch for the e-mail address? Do not base decisions on an unverified one. */
  readonly emailVerified: boolean;
  /** A keyed hash of issuer and subject, for logs and counters: it distinguishes callers without naming them. */
  readonly hash: string;
}
