import type { Mail } from '../mail.js';

/** To the owner of an account, after its password was changed. */
export function passwordChangedMail({ to, forgotUrl }: { to: string; forgotUrl: string }): Mail {
  const lines = [
    'The password of your account was changed, and your other sessions have ended.',
    `It was not you? Choose a new password at once:\n${forgotUrl}`,
  ];
  return { to, subject: 'Your password was changed', text: lines.join('\n\n') };
}
