import { domainToASCII } from 'node:url';

/** Where dots in the local part mean nothing, and both names lead to one inbox. */
const GMAIL = ['gmail.com', 'googlemail.com'];

/**
 * What requests about an account are counted under: the same for all aliases of an e-mail address, so
 * that `ana+1@example.com` and `Ana@example.com` share one limit. Anything else counts as it is, in
 * lower case. Only for limits: two addresses with one key may be two people's.
 */
export function emailLimitKey(identifier: string): string {
  const text = identifier.trim().normalize('NFC').toLowerCase();
  const at = text.lastIndexOf('@');
  if (at < 1) return text;
  const local = text.slice(0, at);
  const domain = domainToASCII(text.slice(at + 1)) || text.slice(at + 1);
  const [name = ''] = local.split('+');
  if (GMAIL.includes(domain)) return `${name.replaceAll('.', '') || local}@gmail.com`;
  return `${name || local}@${domain}`;
}
