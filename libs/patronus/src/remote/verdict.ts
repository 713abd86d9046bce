import type { JsonObject } from '../identity/json-object.js';

/** Verdict of a server on a token. */
export type Verdict = Known | Refused | Unclear;

/** The token is accepted, with these claims. */
export interface Known {
  readonly kind: 'known';
  readonly answer: JsonObject;
}

/** The token is refused. This is a definite answer, which is cached briefly. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: 'token_invalid' | 'token_expired' | 'issuer_unknown';
  /** Reason, for operators. Holds no token. */
  readonly reason: string;
  /** See `PatronusErrorDetails.remedy`. */
  readonly remedy?: string;
}

/** The server cannot judge this one token, which is not evidence about the server. */
export interface Unclear {
  readonly kind: 'unclear';
  /** Reason, for operators. Holds no token. */
  readonly reason: string;
  /** Remedy, if it is more than to check the address of the server. */
  readonly remedy?: string | undefined;
}

export function known(answer: JsonObject): Known {
  return { kind: 'known', answer };
}

export function refused(reason: string, code: Refused['code'] = 'token_invalid'): Refused {
  return { kind: 'refused', code, reason };
}

export function unclear(reason: string, remedy?: string): Unclear {
  return { kind: 'unclear', reason, remedy };
}
