import { DEAD_LINKS } from './dead-links.js';
import { PASSWORD_SUGGESTIONS } from '../../credentials/password/password-verdict.js';

/** The text of a problem on its page. */
export interface ProblemText {
  readonly title: string;
  readonly message: string;
}

const problem = (title: string, message: string): ProblemText => ({ title, message });

/** The text of the pages in English. Every other language has the same members. */
export const en = {
  /** Stands before the title of a page that shows an error. */
  error: 'Error',
  formFailed: 'Check the form and try again',
  optional: 'optional',
  email: 'Email address',
  name: 'Name',
  username: 'Username',
  usernameHint: 'You can sign in with it instead of your email address.',

  /** Shown beside fields that were not accepted. */
  invalid: {
    email: 'Enter an email address like ana@example.com.',
    name: 'Enter a name of up to 200 characters.',
    username:
      'Use 3 to 32 letters, digits, dots, hyphens and underscores. Start with a letter or a digit.',
    password: 'Enter a password.',
    passwordRejected: 'Choose a different password.',
    passwordOfAccount: 'This email address already has an account. Enter its password.',
    emailInUse: 'This email address already has an account. Use a different one.',
  },

  password: {
    label: 'Password',
    newLabel: 'New password',
    show: 'Show password',
    hide: 'Hide password',
    hint: (minimumLength: number) =>
      `At least ${minimumLength} characters. A few unrelated words work well.`,
    strength: (word: string) => `Strength: ${word}`,
    strengths: ['very weak', 'weak', 'fair', 'strong', 'very strong'],
    better: 'To make it stronger:',
    reasons: {
      too_short: 'This password is too short.',
      too_long: 'This password is too long.',
      not_text: "This password contains a character that we can't use.",
      common: 'This is a common password, or close to one.',
      personal:
        'This password is too close to your name, your address or the name of this service.',
      repeated: 'This password mostly repeats itself.',
      sequential: 'This password is mostly a sequence, or a row of keys.',
      guessable: 'This password is easy to guess.',
    },
    suggestions: PASSWORD_SUGGESTIONS,
  },

  home: {
    title: 'Your account',
    lead: 'You sign in here when an application asks you to. Open the application that you want to use, and sign in there.',
    register: 'Create an account',
    forgot: 'Forgot your password?',
    changePassword: 'Change your password',
  },

  signIn: {
    title: 'Sign in',
    lead: 'to continue to',
    identifier: 'Email address or username',
    submit: 'Sign in',
    cancel: 'Cancel',
    forgot: 'Forgot your password?',
    register: 'Create an account',
  },

  code: {
    title: 'Check your inbox',
    lead: 'There were many failed sign-ins, so we need one more step. If the name and the password were right, we have sent a code to the email address of the account. Enter it',
    label: 'Code from the email',
    hint: 'Six digits. The code works for ten minutes.',
    submit: 'Continue',
  },

  consent: {
    title: 'Allow access?',
    asks: 'wants to access your account',
    scopesTitle: 'It will be able to',
    scopes: {
      openid: 'know who you are',
      profile: 'see your name and username',
      email: 'see your email address',
      offline_access: 'keep its access while you are away',
    },
    otherScope: 'use this on your behalf:',
    returnTo: 'Next, you will return to',
    allow: 'Allow',
    deny: 'Deny',
  },

  device: {
    title: 'Connect a device',
    lead: 'Enter the code that your device shows.',
    code: 'Code',
    submit: 'Continue',
    missing: 'Enter the code.',
    wrong: 'This code is wrong or has expired. Get a new one on your device.',
    cancelled: 'The device was not connected.',
  },

  deviceConfirm: {
    title: 'Is this your device?',
    asks: 'wants to connect a device. Check that your device shows this code:',
    warning:
      "If someone sent you this code, or you don't have the device with you, cancel. Otherwise someone else could get into your account.",
    connect: 'Connect',
    cancel: 'Cancel',
  },

  deviceDone: {
    title: 'Device connected',
    lead: 'Continue on your device. You can close this page.',
  },

  logout: {
    title: 'Sign out?',
    lead: 'You will be signed out here and in the applications that you opened from here.',
    submit: 'Sign out',
    cancel: 'Cancel',
  },

  loggedOut: {
    title: 'You are signed out',
    lead: 'You can close this page.',
    of: 'You are signed out of',
  },

  register: {
    title: 'Create an account',
    submit: 'Create account',
    signIn: 'Sign in to an existing account',
  },

  checkInbox: {
    title: 'Check your inbox',
    lead: 'We sent an email to',
    next: 'Open the link in it to continue.',
    hint: 'No email after a few minutes? Check your spam folder, and make sure that the address is right.',
    resend: 'Send the email again',
  },

  verifyEmail: {
    title: 'Confirm your email address',
    lead: 'Confirm your email address to finish.',
    submit: 'Confirm email address',
    hint: "If you didn't request this, you can close this page.",
  },

  verified: {
    title: 'Email address confirmed',
    lead: 'Your account is ready.',
    signIn: 'Sign in',
    backToApplication: 'Go back to the application and sign in. You can close this page.',
  },

  choosePassword: {
    title: 'Choose a password next',
    lead: 'Your email address is confirmed. Someone signed up with it more than once, so we kept none of the passwords. We sent a link to choose a new one to',
    hint: 'You can close this page.',
  },

  forgotPassword: {
    title: 'Forgot your password?',
    lead: 'We will email you a link to choose a new one.',
    submit: 'Send link',
  },

  resetPassword: {
    title: 'Choose a new password',
    lead: 'You will be signed out on all your devices.',
    submit: 'Change password',
  },

  changePassword: {
    title: 'Change your password',
    lead: 'Prove that it is you with your current password. You will be signed out on all your devices.',
    current: 'Current password',
    submit: 'Change password',
  },

  passwordChanged: {
    title: 'Password changed',
    lead: 'You were signed out on all your devices. Sign in with your new password.',
  },

  setup: {
    title: 'Create the first administrator',
    lead: 'There is no administrator yet. The account that you enter here gets full access to this platform. If you have an account, enter its email address and its password.',
    submit: 'Create administrator',
    doneTitle: 'Administrator created',
    done: 'can now manage this platform. The setup link no longer works.',
  },

  mails: {
    title: 'Emails',
    lead: 'SMTP_URL is not set, so emails are not sent. The last 100 are shown here and kept for one week.',
    none: 'There are no emails yet.',
    to: 'to',
    all: 'All emails',
  },

  /** The pages of problems, by code. */
  problems: {
    invalid_input: problem('Some fields are invalid', 'Go back, check the form and try again.'),
    invalid_credentials: problem(
      'Wrong name or password',
      'Wrong name or password, or you have not confirmed your email address yet.',
    ),
    code_wrong: problem(
      'Wrong code',
      'This code is wrong. Check the last email, or sign in again.',
    ),
    challenge_invalid: problem(
      'This code no longer works',
      'It has expired, or there were too many wrong codes. Sign in again to get a new one.',
    ),
    browser_required: problem(
      'Sign in with a link instead',
      'There were too many failed sign-ins for this name. Choose a new password with a link that we send you.',
    ),
    factor_required: problem(
      'This sign-in needs another factor',
      'Your account requires a second step that is not available here. Contact an administrator.',
    ),
    interaction_expired: problem(
      'This sign-in has expired',
      'Go back to the application and start again.',
    ),
    cross_site_request: problem(
      'This form came from another site',
      'For your security we did not accept it. Open the page here and try again.',
    ),
    forbidden: problem('Access denied', 'You do not have access to this page.'),
    not_found: problem('Page not found', 'There is no page at this address.'),
    account_locked: problem(
      'Too many failed sign-ins',
      'Try again later, or choose a new password to sign in now.',
    ),
    rate_limited: problem('Too many requests', 'Wait a moment, then try again.'),
    overloaded: problem('We are busy right now', 'Try again in a moment.'),
    unavailable: problem('Temporarily unavailable', 'Try again in a moment.'),
    server_error: problem('Something went wrong', 'The problem is on our side. Try again.'),
    body_too_large: problem('This form is too large', 'Shorten what you entered and try again.'),
    access_denied: problem('Access was not allowed', 'Go back to the application to continue.'),
  },
  /** The page of every other problem. */
  otherProblem: problem(
    'This request could not be completed',
    'Go back to the application and try again. If this keeps happening, contact its support.',
  ),
  /** The pages of links that do not work, by purpose and reason. */
  deadLinks: DEAD_LINKS.en,
  /** After the title of a lock or a limit. */
  locked: (minutes: number) =>
    `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or choose a new password to sign in now.`,
  limited: (minutes: number) => `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  problemCode: 'Code',
  problemDetail: 'Details',
  tryAgain: 'Try again',
  goHome: 'Go to the start page',
  /** Before the name of an application. */
  goTo: 'Go to',
  continueSignIn: 'Continue signing in',
  requestLink: 'Request a new link',
};

export type Copy = typeof en;
