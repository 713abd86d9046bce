import { withinDeadline } from '../../identity/deadline.js';
import type { JwkSet } from './jwt.options.js';

/** Where the JWK Set of one issuer comes from. */
export interface KeySource {
  /** The JWK Set of this moment, not looked at yet. @throws {Error} where there is none to be had */
  read(): Promise<PublishedKeys>;
  /** Forgets what was learned on the way to the keys: it led nowhere. */
  forget(): void;
}

/** A document that should be a JWK Set. */
export interface PublishedKeys {
  readonly document: unknown;
  /** The place that it came from, for operators. */
  readonly from: string;
}

/** The longest that the application may take to give its keys, in milliseconds: as a fetch. */
const PATIENCE = 5000;

/** Keys that the application has at hand, held to the same rules as those that are fetched. */
export class GivenKeys implements KeySource {
  constructor(private readonly give: () => JwkSet | Promise<JwkSet>) {}

  async read(): Promise<PublishedKeys> {
    const given = Promise.resolve(this.give());
    return { document: await withinDeadline(given, PATIENCE), from: 'The set that jwks gives' };
  }

  forget(): void {
    // Nothing is remembered.
  }
}
