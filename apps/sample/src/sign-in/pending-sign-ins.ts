import { Injectable } from '@nestjs/common';
import { clearSessionCookie } from '@patronus/nestjs';
import { SignInSettings } from '../settings/sign-in-settings.js';

/** The state of a sign-in in progress, which the browser stores and returns. */
export interface SignInAttempt {
  /** RFC 6749, section 10.12. */
  readonly state: string;
  /** OpenID Connect Core 1.0, section 3.1.2.1. */
  readonly nonce: string;
  /** RFC 7636, section 4.1. */
  readonly verifier: string;
  /** The requested path to return to. It is not validated. */
  readonly returnTo: string;
}

/** A sign-in that the issuer answered, and the header that ends it. */
interface TakenAttempt {
  /** Undefined if this browser did not start it. */
  readonly attempt: SignInAttempt | undefined;
  /** The values of `Set-Cookie`. */
  readonly cookies: readonly string[];
}

const TEN_MINUTES = 10 * 60;

/** Sign-ins that a browser may have in progress. With their longest paths they fit into a header. */
const MAX_PENDING = 4;

/**
 * The sign-ins that are in progress in a browser, each in a cookie of its own that the `state` names: tabs
 * that sign in at the same time do not overwrite each other.
 */
@Injectable()
export class PendingSignIns {
  readonly #prefix: string;

  constructor({ attemptCookie }: SignInSettings) {
    this.#prefix = `${attemptCookie}-`;
  }

  /** Returns the values of `Set-Cookie` that add an attempt. The oldest ones make room for it. */
  add({ state, ...attempt }: SignInAttempt, cookieHeader: string | undefined): string[] {
    // Browsers send older cookies first (RFC 6265, section 5.4).
    const names = this.cookiesIn(cookieHeader).map(([name]) => name);
    const dropped = names.slice(0, Math.max(0, names.length - MAX_PENDING + 1));
    const added = shortCookie(this.#prefix + state, writeAttempt(attempt));
    return [...dropped.map((name) => clearSessionCookie(name)), added];
  }

  /** Takes the attempt that the query of a callback names. It can be taken once, even if it fails then. */
  take(query: URLSearchParams, cookieHeader: string | undefined): TakenAttempt {
    const [state = '', ...others] = query.getAll('state');
    const name = this.#prefix + state;
    const found = this.cookiesIn(cookieHeader).filter(([known]) => known === name);
    const [cookie] = found;
    if (cookie === undefined) return { attempt: undefined, cookies: [] };
    const isOnly = found.length === 1 && others.length === 0;
    const attempt = isOnly ? readAttempt(state, cookie[1]) : undefined;
    return { attempt, cookies: [clearSessionCookie(name)] };
  }

  private cookiesIn(header = ''): readonly (readonly [name: string, value: string])[] {
    return header
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part.startsWith(this.#prefix) && part.includes('='))
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
  }
}

/** Writes a `Set-Cookie` header that lasts as long as a sign-in may take (RFC 6265, section 4.1). */
function shortCookie(name: string, value: string): string {
  return `${name}=${value}; Max-Age=${TEN_MINUTES}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

function writeAttempt({ nonce, verifier, returnTo }: Omit<SignInAttempt, 'state'>): string {
  return [nonce, verifier, Buffer.from(returnTo).toString('base64url')].join('.');
}

/** Reads an attempt from the value of its cookie. Undefined if it is malformed. */
function readAttempt(state: string, value: string): SignInAttempt | undefined {
  const [nonce, verifier, returnTo, ...others] = value.split('.');
  if (!nonce || !verifier || !returnTo || others.length > 0) return undefined;
  return { state, nonce, verifier, returnTo: Buffer.from(returnTo, 'base64url').toString() };
}
