import { administratorMadePage } from './setup.pages.js';
import { checkInboxPage } from './sign-up.pages.js';
import { consentPage } from './oauth.pages.js';
import { devMailListPage } from './dev-mail.pages.js';
import { devMailPage } from './dev-mail.pages.js';
import { deviceConfirmPage } from './oauth.pages.js';
import { deviceDonePage } from './oauth.pages.js';
import { devicePage } from './oauth.pages.js';
import { errorPage } from './error.page.js';
import { firstAdministratorPage } from './setup.pages.js';
import { forgotPasswordPage } from './password.pages.js';
import type { Html } from './html.js';
import { loggedOutPage } from './oauth.pages.js';
import { logoutPage } from './oauth.pages.js';
import { passwordChangedPage } from './password.pages.js';
import { registerPage } from './sign-up.pages.js';
import { resetPasswordPage } from './password.pages.js';
import { signInPage } from './oauth.pages.js';
import { verifiedPage } from './sign-up.pages.js';
import { verifyEmailPage } from './sign-up.pages.js';

/** Each page with every field of its model, through `text`; and those with forms as they come first. */
export function samplePages(text: (value: string) => string): Readonly<Record<string, Html>> {
  const action = text('/submitted');
  const hidden = { [text('xsrf')]: text('s3cret') };
  const at = new Date('2030-01-02T03:04:05.678Z');
  const email = text('ana.ruiz@example.com');
  const clientName = text('Norte Clinic');
  const signInUrl = text('/sign-in');
  const error = text('Too many failed logins: try again later.');
  const emailError = text('That is not an e-mail address.');
  const refusal = {
    reasons: [text('It is among the most common passwords.')],
    suggestions: [text('Add another word or two.'), text('Avoid years.')],
    score: 1,
  };
  return {
    'sign-in': signInPage({ action: '/submitted' }),
    'sign-in-refused': signInPage({
      action,
      hidden,
      clientName,
      identifier: email,
      error,
      errors: { identifier: text('Enter a name.'), password: text('Enter the password.') },
      forgotPasswordUrl: text('/forgot-password'),
      registerUrl: text('/register'),
      cancel: { action, hidden },
    }),
    consent: consentPage({
      action,
      hidden,
      clientName,
      account: email,
      returnTo: text('norte.example'),
      scopes: [
        { name: text('email'), description: text('See your e-mail address.') },
        { name: text('offline_access'), description: text('Stay connected while you are away.') },
      ],
    }),
    device: devicePage({ action: '/submitted' }),
    'device-refused': devicePage({
      action,
      hidden,
      userCode: text('BCDF-GHJK'),
      error,
      errors: { user_code: text('There is no such code.') },
    }),
    'device-confirm': deviceConfirmPage({
      action,
      hidden,
      clientName,
      userCode: text('BCDF-GHJK'),
    }),
    'device-done': deviceDonePage(),
    logout: logoutPage({ action, hidden }),
    'logged-out': loggedOutPage({ clientName }),
    error: errorPage({
      title: text('That did not work'),
      code: text('link_invalid'),
      message: text('The link has been used, or is too old.'),
      next: { href: '/', label: text('Go to the start page') },
    }),
    register: registerPage({ action: '/submitted', minimumLength: 15 }),
    'register-refused': registerPage({
      action,
      hidden,
      email,
      name: text('Ana Ruiz'),
      username: text('ana'),
      signInUrl,
      minimumLength: 15,
      error,
      errors: { email: emailError, name: text('Too long.'), username: text('Letters only.') },
      refusal,
    }),
    'check-inbox': checkInboxPage({ email, resend: { action, hidden } }),
    'verify-email': verifyEmailPage({ action, hidden }),
    verified: verifiedPage({ signInUrl }),
    'verified-without-password': verifiedPage({ choosesAt: email }),
    'forgot-password': forgotPasswordPage({ action: '/submitted' }),
    'forgot-password-refused': forgotPasswordPage({
      action,
      hidden,
      email,
      error,
      errors: { email: emailError },
    }),
    'reset-password': resetPasswordPage({ action: '/submitted', minimumLength: 15 }),
    'reset-password-refused': resetPasswordPage({
      action,
      hidden,
      minimumLength: 15,
      error,
      refusal,
    }),
    'password-changed': passwordChangedPage({ signInUrl }),
    'first-administrator': firstAdministratorPage({ action: '/submitted', minimumLength: 15 }),
    'first-administrator-refused': firstAdministratorPage({
      action,
      hidden,
      email,
      name: text('Ana Ruiz'),
      minimumLength: 15,
      error,
      errors: { email: emailError, name: text('Too long.') },
      refusal,
    }),
    'administrator-made': administratorMadePage({ email }),
    'dev-mail-list': devMailListPage({
      mails: [
        { href: text('/dev/mail/2'), to: email, subject: text('Confirm your address'), at },
        { href: text('/dev/mail/1'), to: email, subject: text('Your account is locked'), at },
      ],
    }),
    'dev-mail': devMailPage({
      to: email,
      subject: text('Confirm your address'),
      at,
      text: text(
        'Hello,\n\nconfirm your address:\n\nhttp://localhost:4000/verify-email?token=pvt_abc\n\nBye.',
      ),
      listUrl: text('/dev/mail'),
    }),
  };
}
