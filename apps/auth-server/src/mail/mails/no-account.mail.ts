import type { Mail } from '../mail.js';

/** To an address that a link was asked for, and that no account has. */
export function noAccountMail({ to, issuer }: { to: string; issuer: string }): Mail {
  const lines = [
    `Somebody, you we hope, asked ${issuer} for a link to an account with this address. There is none.`,
    'Perhaps you registered with another address. It was not you? Then there is nothing to do.',
  ];
  return { to, subject: 'There is no account with this address', text: lines.join('\n\n') };
}
