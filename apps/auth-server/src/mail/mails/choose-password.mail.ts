import type { Mail } from '../mail.js';

/** To whoever confirmed an address that was registered more than once, by others perhaps. */
export function choosePasswordMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'You confirmed this address. Accounts were registered with it more than once, perhaps not all by you, so no password counts yet.',
    `Choose one within an hour:\n${link}`,
    'It was not you? Then do not open the link, and nobody can use the account.',
  ];
  return { to, subject: 'Choose your password', text: lines.join('\n\n') };
}
