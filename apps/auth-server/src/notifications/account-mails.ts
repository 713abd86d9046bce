import { Injectable } from '@nestjs/common';
import { ServerSettings } from '../operation/settings/server-settings.js';
import type { MailCopy, MailText } from './copy/en.js';

/** A mail before it is written in the language of its request. */
export interface MailDraft {
  readonly to: string;
  /** The address that the link of the mail leads to. */
  readonly link?: string;
  readonly write: (copy: MailCopy, brand: string) => MailText;
}

interface AccountClosedContent {
  readonly to: string;
  readonly forgotUrl: string;
  /** The date on which the data is removed; undefined if the account is deactivated only. */
  readonly goneAt?: Date | undefined;
}

/** Tells the owner of an account that it was deactivated or deleted. */
export function accountClosedMail({
  to,
  forgotUrl: link,
  goneAt,
}: AccountClosedContent): MailDraft {
  if (goneAt === undefined) return { to, link, write: (copy) => copy.accountDeactivated() };
  const date = goneAt.toISOString().slice(0, 10);
  return { to, link, write: (copy) => copy.accountDeleted({ date }) };
}

/** Tells the owner of an account that failed sign-ins from one place are locked. */
export function accountLockedMail({
  to,
  forgotUrl: link,
}: {
  to: string;
  forgotUrl: string;
}): MailDraft {
  return { to, link, write: (copy) => copy.accountLocked() };
}

/** Tells the previous address of an account that it was replaced. */
export function addressChangedMail({
  to,
  newAddress,
}: {
  to: string;
  newAddress: string;
}): MailDraft {
  return { to, write: (copy) => copy.addressChanged({ newAddress }) };
}

interface AddressChangingContent {
  /** The current address. */
  readonly to: string;
  readonly newAddress: string;
  readonly forgotUrl: string;
}

/** Tells the current address of an account about a change that can still be cancelled. */
export function addressChangingMail({
  to,
  newAddress,
  forgotUrl: link,
}: AddressChangingContent): MailDraft {
  return { to, link, write: (copy) => copy.addressChanging({ newAddress }) };
}

/** Tells the owner of an account that their address was requested for another account. */
export function addressInUseMail({
  to,
  forgotUrl: link,
}: {
  to: string;
  forgotUrl: string;
}): MailDraft {
  return { to, link, write: (copy) => copy.addressInUse() };
}

/** Tells the owner of an account that their address was registered again. */
export function alreadyRegisteredMail({ to, link }: { to: string; link: string }): MailDraft {
  return { to, link, write: (copy, brand) => copy.alreadyRegistered({ brand }) };
}

/** Asks for a password after an address was confirmed that several people registered. */
export function choosePasswordMail({ to, link }: { to: string; link: string }): MailDraft {
  return { to, link, write: (copy) => copy.choosePassword() };
}

/** Asks the owner of a new address to confirm it. */
export function confirmNewAddressMail({ to, link }: { to: string; link: string }): MailDraft {
  return { to, link, write: (copy) => copy.confirmNewAddress() };
}

/** Tells the owner of an address that it has no account. */
export function noAccountMail({ to, issuer }: { to: string; issuer: string }): MailDraft {
  return { to, write: (copy, brand) => copy.noAccount({ brand, issuer }) };
}

/** Tells the owner of an account that its password was changed. */
export function passwordChangedMail({
  to,
  forgotUrl: link,
}: {
  to: string;
  forgotUrl: string;
}): MailDraft {
  return { to, link, write: (copy) => copy.passwordChanged() };
}

/** Sends the owner of an account a link to choose a new password. */
export function resetPasswordMail({ to, link }: { to: string; link: string }): MailDraft {
  return { to, link, write: (copy) => copy.resetPassword() };
}

interface VerifyEmailContent {
  readonly to: string;
  readonly link: string;
  /**
   * The requested username belongs to another account. The mail does not repeat the name: a stranger may
   * have chosen it, and mail programs turn a name such as `www.evil.example` into a link.
   */
  readonly isUsernameTaken?: boolean;
}

/** Asks a person who registered to confirm their address. */
export function verifyEmailMail({
  to,
  link,
  isUsernameTaken = false,
}: VerifyEmailContent): MailDraft {
  return { to, link, write: (copy, brand) => copy.verifyEmail({ brand, isUsernameTaken }) };
}

/** The addresses that mails and the log point to. */
@Injectable()
export class AccountLinks {
  constructor(private readonly settings: ServerSettings) {}

  get forgotUrl(): string {
    return `${this.settings.issuer}/forgot-password`;
  }

  /** The page on which a person uses a token, and the path of the platform at which they continue. */
  linkTo(page: 'verify-email' | 'reset-password' | 'setup', token: string, next?: string): string {
    const query = new URLSearchParams({ token, ...(next !== undefined && { continue: next }) });
    return `${this.settings.issuer}/${page}?${query.toString()}`;
  }
}

/** Sends the code that completes a sign-in. */
export function signInCodeMail({ to, code }: { to: string; code: string }): MailDraft {
  return { to, write: (copy, brand) => copy.signInCode({ brand, code }) };
}
