import { PatronusError } from '../errors/patronus.error.js';
import { refuseInvisible } from './api-key-header.js';
import { refuseLong } from './authorization-token.js';
import { isBlank, trimBlanks } from './header-text.js';

/** Finds the session cookie in a `Cookie` header (RFC 6265, section 4.2.1). */
export class CookieToken {
  readonly #start: string;

  constructor(name: string) {
    this.#start = `${name}=`;
  }

  /**
   * Returns the value of the cookie. Undefined if there is none, or if it is empty.
   *
   * @throws {PatronusError} `invalid_request` if there are two: a neighbouring host may have set
   * one of them. `token_malformed` if it is longer than 16 KiB or not in visible ASCII.
   */
  in(header: string | undefined): string | undefined {
    if (header === undefined) return undefined;
    const at = this.#find(header, 0);
    if (at === -1) return undefined;
    const from = at + this.#start.length;
    if (this.#find(header, from) !== -1) {
      throw new PatronusError('invalid_request', { reason: 'two session cookies' });
    }
    const end = header.indexOf(';', from);
    const value = trimBlanks(end === -1 ? header.slice(from) : header.slice(from, end));
    if (value === '') return undefined;
    refuseLong(value);
    refuseInvisible(value);
    return value;
  }

  #find(header: string, from: number): number {
    let at = header.indexOf(this.#start, from);
    while (at !== -1 && !beginsCookie(header, at)) {
      at = header.indexOf(this.#start, at + this.#start.length);
    }
    return at;
  }
}

function beginsCookie(header: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && isBlank(header, before)) before -= 1;
  return before < 0 || header[before] === ';';
}
