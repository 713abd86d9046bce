import type { JsonObject } from '../identity/json-object.js';

/** The answer of a server to a question about a token. */
export type Verdict = Known | Refused | Unclear;

/** The token is good, and this is known of it. */
export interface Known {
  readonly kind: 'known';
  readonly answer: JsonObject;
}

/** The token is not good: a definite answer, which is remembered briefly. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: 'token_invalid' | 'token_expired' | 'issuer_unknown';
  /** For operators. Holds no token. */
  readonly reason: string;
  /** See `PatronusErrorDetails.remedy`. */
  readonly remedy?: string;
}

/** The server cannot say anything of this one token, and that says nothing of the server. */
export interface Unclear {
  readonly kind: 'unclear';
  /** For operators. Holds no token. */
  readonly reason: string;
}

export function known(answer: JsonObject): Known {
  return { kind: 'known', answer };
}

export function refused(reason: string, code: Refused['code'] = 'token_invalid'): Refused {
  return { kind: 'refused', code, reason };
}

export function unclear(reason: string): Unclear {
  return { kind: 'unclear', reason };
}
