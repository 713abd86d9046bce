import type { IdentityFields } from '../identity/identity.js';
import type { JsonObject } from '../identity/json-object.js';
import type { MappedFields } from '../identity/mapped-fields.js';
import type { RemoteCachePolicy } from './remote-cache.options.js';
import type { Verdict } from './verdict.js';

/** Settings of one kind of server for a {@link RemoteIdentityProvider}. */
export interface RemoteProfile {
  readonly name: string;
  /** Issuers whose tokens go to this provider in a list. If empty, it takes the opaque ones. */
  readonly issuers: readonly string[];
  /** Name of the server in events. */
  readonly issuer: string;
  /** Remedy for operators if the server does not answer as expected; names the options. */
  readonly remedy: string;
  /**
   * Everything that an answer depends on besides the token. Providers with equal values share
   * answers.
   */
  readonly question: readonly unknown[];
  readonly cache: RemoteCachePolicy;

  /**
   * Sends a request about a token in the alphabet of RFC 6750.
   *
   * @param signal - aborts the request
   * @throws {Error} if the server itself fails. For different tokens in a row, that is an outage.
   */
  ask(token: string, signal: AbortSignal): Promise<Verdict>;

  /** Judges an answer, fresh or shared. */
  judge(answer: JsonObject): Verdict;

  /** Returns the fields of the identity that a positive answer describes. */
  identify(answer: JsonObject): MappedFields & Pick<IdentityFields, 'id' | 'issuer'>;
}
