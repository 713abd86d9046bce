import { Injectable } from '@nestjs/common';
import { ServerSettings } from '../operation/settings/server-settings.js';
import type { Mail } from './mail-queue.js';

interface AccountClosedContent {
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

/** To the owner of an account, once for each time that it is locked. */
export function accountLockedMail({ to, forgotUrl }: { to: string; forgotUrl: string }): Mail {
  const lines = [
    'Somebody failed to log in to your account five times in a row. It is locked for fifteen minutes.',
    `You forgot your password? A new one unlocks it at once:\n${forgotUrl}`,
    'It was not you? Then there is nothing to do: nobody came in.',
  ];
  return { to, subject: 'Your account is locked for fifteen minutes', text: lines.join('\n\n') };
}

/** To the address that an account had until now. */
export function addressChangedMail({ to, newAddress }: { to: string; newAddress: string }): Mail {
  const lines = [
    `Your account has the address ${newAddress} from now on. This one does not belong to it any more.`,
    'It was not you? Then ask those who run the service for help.',
  ];
  return { to, subject: 'Your e-mail address was changed', text: lines.join('\n\n') };
}

interface AddressChangingContent {
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

/** To the owner of an account, whose address somebody wants for another account. */
export function addressInUseMail({ to, forgotUrl }: { to: string; forgotUrl: string }): Mail {
  const lines = [
    'Somebody, you we hope, wanted to use this address for another account. You have one with it already.',
    `You forgot its password, or had closed it? Choose a new password:\n${forgotUrl}`,
    'It was not you? Then there is nothing to do: your account has not changed.',
  ];
  return { to, subject: 'You already have an account', text: lines.join('\n\n') };
}

/** To the owner of an account, whose address somebody registered once more. */
export function alreadyRegisteredMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'Somebody, you we hope, wanted to make an account with this address. You have one already.',
    `You forgot its password, or had closed it? Choose a new password within an hour:\n${link}`,
    'It was not you? Then there is nothing to do: your account has not changed.',
  ];
  return { to, subject: 'You already have an account', text: lines.join('\n\n') };
}

/** To whoever confirmed an address that was registered more than once, by others perhaps. */
export function choosePasswordMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'You confirmed this address. Accounts were registered with it more than once, perhaps not all by you, so no password counts yet.',
    `Choose one within an hour:\n${link}`,
    'It was not you? Then do not open the link, and nobody can use the account.',
  ];
  return { to, subject: 'Choose your password', text: lines.join('\n\n') };
}

/** To the new address of an account, which counts once its link was opened. */
export function confirmNewAddressMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'You want to use this address for your account.',
    `Confirm it within a day:\n${link}`,
    'It was not you? Then do not open the link, and nothing changes.',
  ];
  return { to, subject: 'Confirm your new e-mail address', text: lines.join('\n\n') };
}

/** To an address that a link was asked for, and that no account has. */
export function noAccountMail({ to, issuer }: { to: string; issuer: string }): Mail {
  const lines = [
    `Somebody, you we hope, asked ${issuer} for a link to an account with this address. There is none.`,
    'Perhaps you registered with another address. It was not you? Then there is nothing to do.',
  ];
  return { to, subject: 'There is no account with this address', text: lines.join('\n\n') };
}

/** To the owner of an account, after its password was changed. */
export function passwordChangedMail({ to, forgotUrl }: { to: string; forgotUrl: string }): Mail {
  const lines = [
    'The password of your account was changed, and your other sessions have ended.',
    `It was not you? Choose a new password at once:\n${forgotUrl}`,
  ];
  return { to, subject: 'Your password was changed', text: lines.join('\n\n') };
}

/** To the owner of an account: the way to a new password. */
export function resetPasswordMail({ to, link }: { to: string; link: string }): Mail {
  const lines = [
    'Somebody, you we hope, asked for a new password for your account.',
    `Choose one within an hour:\n${link}`,
    'It was not you? Then do not open the link, and your password stays as it is.',
  ];
  return { to, subject: 'Choose a new password', text: lines.join('\n\n') };
}

interface VerifyEmailContent {
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

/** The addresses that mails and the log point to. */
@Injectable()
export class AccountLinks {
  constructor(private readonly settings: ServerSettings) {}

  get forgotUrl(): string {
    return `${this.settings.issuer}/forgot-password`;
  }

  /** Where a token is used, by a person. */
  linkTo(page: 'verify-email' | 'reset-password' | 'setup', token: string): string {
    return `${this.settings.issuer}/${page}?token=${token}`;
  }
}
