import type { Mail } from '../mail.js';

export interface VerifyEmailContent {
  readonly to: string;
  readonly link: string;
  /** A username that was asked for, and is somebody's. */
  readonly takenUsername?: string | undefined;
}

/** To whoever registered: the way to prove that the address is theirs. */
export function verifyEmailMail({ to, link, takenUsername }: VerifyEmailContent): Mail {
  const lines = [
    'Somebody, you we hope, made an account with this address.',
    `Confirm it within a day:\n${link}`,
    ...(takenUsername === undefined
      ? []
      : [
          `The username "${takenUsername}" is taken: the account is made without one. You can choose another later.`,
        ]),
    'It was not you? Then do not open the link, and no account is made.',
  ];
  return { to, subject: 'Confirm your e-mail address', text: lines.join('\n\n') };
}
