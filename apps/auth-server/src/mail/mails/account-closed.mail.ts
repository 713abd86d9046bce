import type { Mail } from '../mail.js';

export interface AccountClosedContent {
  readonly to: string;
  readonly forgotUrl: string;
  /** When nothing of it will be left; undefined where it is deactivated only. */
  readonly goneAt?: Date | undefined;
}

/** To the owner of an account who deactivated or deleted it. */
export function accountClosedMail({ to, forgotUrl, goneAt }: AccountClosedContent): Mail {
  const lines = [
    goneAt === undefined
      ? 'Your account is deactivated, and all its sessions have ended.'
      : `Your account is deleted, and all its sessions have ended. What it held is removed on ${goneAt.toISOString().slice(0, 10)}.`,
    `You want it back${goneAt === undefined ? '' : ' before that'}? Choose a new password:\n${forgotUrl}`,
  ];
  const subject = `Your account is ${goneAt === undefined ? 'deactivated' : 'deleted'}`;
  return { to, subject, text: lines.join('\n\n') };
}
