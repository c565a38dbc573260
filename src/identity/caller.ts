/** The person whose verified token came with a request. */
export interface Caller {
  readonly issuer: string;
  /** Unique at this issuer, and never given to another person. */
  readonly subject: string;
  readonly email: string | undefined;
  /** Does the issuer vouch for the e-mail address? Nothing may be decided by one that is not verified. */
  readonly emailVerified: boolean;
  /** A keyed hash of issuer and subject, for logs and counters: it tells callers apart, not who they are. */
  readonly hash: string;
}
