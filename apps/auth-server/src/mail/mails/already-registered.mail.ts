import type { Mail } from '../mail.js';

/** To the owner of an account, whose address somebody registered once more. */
export function alreadyRegisteredMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'Somebody, you we hope, wanted to make an account with this address. You have one already.',
    `You forgot its password, or had closed it? Choose a new password within an hour:\n${link}`,
    'It was not you? Then there is nothing to do: your account has not changed.',
  ];
  return { to, subject: 'You already have an account', text: lines.join('\n\n') };
}
