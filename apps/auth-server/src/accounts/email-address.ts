import { domainToASCII } from 'node:url';

/** An address that mail can be sent to. */
export interface EmailAddress {
  /** As it was written, with the domain in ASCII: what is stored, and where mail goes. */
  readonly address: string;
  /** One spelling for all of an address: in NFC and lower case. */
  readonly key: string;
}

const LONGEST = 254;
const LONGEST_LOCAL = 64;
/** No spaces, controls, quotes or separators: nothing that a header of a mail could mistake. */
const LOCAL = /^[^\s\p{C}"(),:;<>@[\\\]]+$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)*$/u;

/** The address that somebody typed. Undefined where it is none. */
export function readEmailAddress(text: string): EmailAddress | undefined {
  if (text.length > LONGEST * 2) return undefined;
  const [local = '', domain = '', ...rest] = text.trim().normalize('NFC').split('@');
  if (rest.length > 0 || !LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const address = `${local}@${ascii}`;
  const key = address.toLowerCase().normalize('NFC');
  const fits = local.length <= LONGEST_LOCAL && address.length <= LONGEST;
  return ascii !== '' && fits ? { address, key } : undefined;
}
