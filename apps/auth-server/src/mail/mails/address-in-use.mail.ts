import type { Mail } from '../mail.js';

/** To the owner of an account, whose address somebody wants for another account. */
export function addressInUseMail({ to, forgotUrl }: { to: string; forgotUrl: string }): Mail {
  const lines = [
    'Somebody, you we hope, wanted to use this address for another account. You have one with it already.',
    `You forgot its password, or had closed it? Choose a new password:\n${forgotUrl}`,
    'It was not you? Then there is nothing to do: your account has not changed.',
  ];
  return { to, subject: 'You already have an account', text: lines.join('\n\n') };
}
