import { withinDeadline } from '../../identity/deadline.js';
import type { JwkSet } from './jwt.options.js';

/** Source of the JWK Set of one issuer. */
export interface KeySource {
  /** Returns the current JWK Set, not yet checked. @throws {Error} if it cannot be read */
  read(): Promise<PublishedKeys>;
  /** Forgets a discovered location that turned out to be wrong. */
  forget(): void;
}

/** Document that should be a JWK Set. */
export interface PublishedKeys {
  readonly document: unknown;
  /** Location that it came from, for operators. */
  readonly from: string;
}

/** Timeout of the application's function for its keys, in milliseconds: the same as for a fetch. */
const PATIENCE = 5000;

/** Reads keys from the application, with the same checks as for fetched keys. */
export class GivenKeys implements KeySource {
  constructor(private readonly give: () => JwkSet | Promise<JwkSet>) {}

  async read(): Promise<PublishedKeys> {
    const given = Promise.resolve(this.give());
    return { document: await withinDeadline(given, PATIENCE), from: 'The set that jwks returns' };
  }

  forget(): void {
    // There is no location to forget.
  }
}
