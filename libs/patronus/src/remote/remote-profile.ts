import type { IdentityFields } from '../identity/identity.js';
import type { JsonObject } from '../identity/json-object.js';
import type { MappedFields } from '../identity/mapped-fields.js';
import type { RemoteCachePolicy } from './remote-cache.options.js';
import type { Verdict } from './verdict.js';

/** How one kind of server is asked about tokens. All that a {@link RemoteIdentityProvider} needs. */
export interface RemoteProfile {
  readonly name: string;
  /** The issuers whose tokens go to this provider in a list; none: it takes the opaque ones. */
  readonly issuers: readonly string[];
  /** The server, as events name it. */
  readonly issuer: string;
  /** All that an answer depends on beside the token: whoever agrees in it shares answers. */
  readonly question: readonly unknown[];
  readonly cache: RemoteCachePolicy;

  /**
   * Asks about a token in the alphabet of RFC 6750.
   *
   * @param signal - ends the question
   * @throws {Error} where the server itself fails: for different tokens in a row, that is an outage
   */
  ask(token: string, signal: AbortSignal): Promise<Verdict>;

  /** Judges an answer, fresh or shared. */
  judge(answer: JsonObject): Verdict;

  /** The fields of the identity that a good answer describes. */
  identify(answer: JsonObject): MappedFields & Pick<IdentityFields, 'id' | 'issuer'>;
}
