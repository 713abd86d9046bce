import type { Mail } from '../mail.js';

/** To the address that an account had until now. */
export function addressChangedMail({ to, newAddress }: { to: string; newAddress: string }): Mail {
  const lines = [
    `Your account has the address ${newAddress} from now on. This one does not belong to it any more.`,
    'It was not you? Then ask those who run the service for help.',
  ];
  return { to, subject: 'Your e-mail address was changed', text: lines.join('\n\n') };
}
