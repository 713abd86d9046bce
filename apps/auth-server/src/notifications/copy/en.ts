/** The text of a mail. The link follows the lines. */
export interface MailText {
  readonly subject: string;
  readonly lines: readonly string[];
  /** The label of the link. */
  readonly action?: string;
  /** Stands after the link. */
  readonly ending: string;
}

const IGNORE = "If you didn't request this, you can ignore this email.";
const NOTHING_CHANGED = `${IGNORE} Your account has not changed.`;

/** The mails in English. Every other language has the same members. */
export const en = {
  accountDeactivated: (): MailText => ({
    subject: 'Your account was deactivated',
    lines: [
      'Your account was deactivated, and you were signed out on every device.',
      'To use it again, choose a new password at any time.',
    ],
    action: 'Reactivate account',
    ending: "If this wasn't you, choose a new password now.",
  }),
  accountDeleted: ({ date }: { date: string }): MailText => ({
    subject: 'Your account was deleted',
    lines: [
      'Your account was deleted, and you were signed out on every device.',
      `Your data will be removed on ${date}. To keep your account, choose a new password before then.`,
    ],
    action: 'Restore account',
    ending: "If this wasn't you, choose a new password now.",
  }),
  accountLocked: (): MailText => ({
    subject: 'Sign-in to your account is locked in one place',
    lines: [
      'There were five failed attempts to sign in to your account from the same place, so we locked it for that place for 15 minutes.',
      'You can still sign in on devices that you have used before. If you forgot your password, choose a new one to sign in now.',
    ],
    action: 'Choose a new password',
    ending: "If this wasn't you, you don't need to do anything. Nobody signed in.",
  }),
  addressChanged: ({ newAddress }: { newAddress: string }): MailText => ({
    subject: 'Your email address was changed',
    lines: [
      `The email address of your account is now ${newAddress}. This address no longer belongs to your account.`,
    ],
    ending: "If you didn't request this, contact support right away.",
  }),
  addressChanging: ({ newAddress }: { newAddress: string }): MailText => ({
    subject: 'Your email address is about to change',
    lines: [
      `You asked to change the email address of your account to ${newAddress}. It changes as soon as the new address is confirmed.`,
      "If you didn't request this, choose a new password now to cancel the change.",
    ],
    action: 'Choose a new password',
    ending: "If you requested this, you don't need to do anything here.",
  }),
  addressInUse: (): MailText => ({
    subject: 'You already have an account',
    lines: [
      'You asked to use this email address for another account, but it already belongs to an account.',
      'If you forgot the password of that account, or closed it, choose a new password.',
    ],
    action: 'Choose a new password',
    ending: NOTHING_CHANGED,
  }),
  alreadyRegistered: ({ brand }: { brand: string }): MailText => ({
    subject: 'You already have an account',
    lines: [
      `You tried to create a ${brand} account with this email address, but you already have one.`,
      'If you forgot your password, or closed your account, choose a new password. The link works for one hour.',
    ],
    action: 'Choose a new password',
    ending: NOTHING_CHANGED,
  }),
  choosePassword: (): MailText => ({
    subject: 'Choose your password',
    lines: [
      'Your email address is confirmed. Someone signed up with it more than once, so for your safety we kept none of the passwords.',
      'Choose a password to start using your account. The link works for one hour.',
    ],
    action: 'Choose a password',
    ending:
      "If you didn't create an account, you can ignore this email. Nobody can use the account.",
  }),
  confirmNewAddress: (): MailText => ({
    subject: 'Confirm your new email address',
    lines: ['Confirm this email address to use it for your account. The link works for 24 hours.'],
    action: 'Confirm email address',
    ending: IGNORE,
  }),
  noAccount: ({ brand, issuer }: { brand: string; issuer: string }): MailText => ({
    subject: 'No account with this email address',
    lines: [
      `You asked ${brand} (${issuer}) for a link, but there is no account with this email address. You may have signed up with a different one.`,
    ],
    ending: IGNORE,
  }),
  passwordChanged: (): MailText => ({
    subject: 'Your password was changed',
    lines: [
      'Your password was changed, and you were signed out on your other devices.',
      "If this wasn't you, choose a new password now.",
    ],
    action: 'Choose a new password',
    ending: "If you changed your password, you don't need to do anything.",
  }),
  resetPassword: (): MailText => ({
    subject: 'Choose a new password',
    lines: ['Choose a new password for your account. The link works for one hour.'],
    action: 'Choose a new password',
    ending: `${IGNORE} Your password has not changed.`,
  }),
  signInCode: ({ brand, code }: { brand: string; code: string }): MailText => ({
    subject: `Your sign-in code is ${code}`,
    lines: [
      `Enter this code to finish signing in to ${brand}: ${code}`,
      'The code works for ten minutes. We ask for it because there were many failed sign-ins to your account.',
    ],
    ending:
      "If you are not signing in now, someone else knows your password. Don't share this code, and choose a new password.",
  }),
  verifyEmail: ({
    brand,
    isUsernameTaken,
  }: {
    brand: string;
    isUsernameTaken: boolean;
  }): MailText => ({
    subject: 'Confirm your email address',
    lines: [
      `Confirm your email address to finish creating your ${brand} account. The link works for 24 hours.`,
      ...(isUsernameTaken
        ? [
            'The username that was requested is already taken, so your account has no username yet. You can choose one later.',
          ]
        : []),
    ],
    action: 'Confirm email address',
    ending: IGNORE,
  }),
};

export type MailCopy = typeof en;
