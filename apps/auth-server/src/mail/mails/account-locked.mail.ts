import type { Mail } from '../mail.js';

/** To the owner of an account, once for each time that it is locked. */
export function accountLockedMail({ to, forgotUrl }: { to: string; forgotUrl: string }): Mail {
  const lines = [
    'Somebody failed to log in to your account five times in a row. It is locked for fifteen minutes.',
    `You forgot your password? A new one unlocks it at once:\n${forgotUrl}`,
    'It was not you? Then there is nothing to do: nobody came in.',
  ];
  return { to, subject: 'Your account is locked for fifteen minutes', text: lines.join('\n\n') };
}
