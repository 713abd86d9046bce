import type { Mail } from '../mail.js';

/** To the new address of an account, which counts once its link was opened. */
export function confirmNewAddressMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'You want to use this address for your account.',
    `Confirm it within a day:\n${link}`,
    'It was not you? Then do not open the link, and nothing changes.',
  ];
  return { to, subject: 'Confirm your new e-mail address', text: lines.join('\n\n') };
}
