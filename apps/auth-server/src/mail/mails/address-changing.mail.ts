import type { Mail } from '../mail.js';

export interface AddressChangingContent {
  /** The address so far. */
  readonly to: string;
  readonly newAddress: string;
  readonly forgotUrl: string;
}

/** To the address so far, while the change can still be stopped. */
export function addressChangingMail({ to, newAddress, forgotUrl }: AddressChangingContent): Mail {
  const lines = [
    `Your account is to have the address ${newAddress}, as soon as its owner has confirmed it.`,
    `It was not you? Choose a new password at once, which stops the change:\n${forgotUrl}`,
  ];
  return { to, subject: 'Your e-mail address is being changed', text: lines.join('\n\n') };
}
