import type { Mail } from '../mail.js';

/** To the owner of an account: the way to a new password. */
export function resetPasswordMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'Somebody, you we hope, asked for a new password for your account.',
    `Choose one within an hour:\n${link}`,
    'It was not you? Then do not open the link, and your password stays as it is.',
  ];
  return { to, subject: 'Choose a new password', text: lines.join('\n\n') };
}
