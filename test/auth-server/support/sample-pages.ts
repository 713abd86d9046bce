import type { Html } from '../../../apps/auth-server/src/operation/http/html.js';
import { LOCALES, type Locale } from '../../../apps/auth-server/src/operation/http/locale.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { Pages } from '../../../apps/auth-server/src/console/pages.js';
import {
  devMailListPage,
  devMailPage,
} from '../../../apps/auth-server/src/console/views/dev-mail.pages.js';
import {
  deviceConfirmPage,
  deviceDonePage,
  devicePage,
  loggedOutPage,
  logoutPage,
} from '../../../apps/auth-server/src/console/views/device.pages.js';
import { problemPage } from '../../../apps/auth-server/src/console/views/error.page.js';
import { homePage } from '../../../apps/auth-server/src/console/home.page.controller.js';
import type { PageContext } from '../../../apps/auth-server/src/console/views/layout.js';
import {
  changePasswordPage,
  forgotPasswordPage,
  passwordChangedPage,
  resetPasswordPage,
  administratorMadePage,
  firstAdministratorPage,
  checkInboxPage,
  registerPage,
  verifiedPage,
  verifyEmailPage,
} from '../../../apps/auth-server/src/console/views/account.pages.js';
import {
  consentPage,
  signInCodePage,
  signInPage,
} from '../../../apps/auth-server/src/console/views/sign-in.pages.js';

/** The context of pages in a language, without `ui_locales` in their links. */
export function sampleContext(locale: Locale = LOCALES[0]): PageContext {
  return { ...new Pages(readSettings({})).context(locale), link: (path) => path };
}

/** Renders each page with every member of its model, passed through `text`. Renders forms also in their first state. */
export function samplePages(
  text: (value: string) => string,
  ui = sampleContext(),
): Readonly<Record<string, Html>> {
  const action = text('/submitted');
  const hidden = { [text('xsrf')]: text('s3cret') };
  const at = new Date('2030-01-02T03:04:05.678Z');
  const email = text('ana.ruiz@example.com');
  const clientName = text('Norte Clinic');
  const signInUrl = text('/sign-in');
  const error = text('Too many failed logins: try again later.');
  const emailError = text('That is not an email address.');
  const name = text('Ana Ruiz');
  const refusal = {
    reasons: [{ code: 'common' as const, message: 'This is a common password.' }],
    suggestionCodes: ['anotherWord' as const, 'recentYears' as const],
    score: 1 as const,
  };
  const minimumLength = 15;
  const first = { action: '/submitted', minimumLength };
  const refusedName = { email: emailError, name: text('Too long.') };
  return {
    home: homePage(ui),
    'sign-in': signInPage(ui, { action: '/submitted' }),
    'sign-in-refused': signInPage(ui, {
      action,
      hidden,
      clientName,
      identifier: email,
      errorTitle: text('Too many failed logins'),
      error,
      errors: { identifier: text('Enter a name.'), password: text('Enter the password.') },
      forgotPasswordUrl: text('/forgot-password'),
      registerUrl: text('/register'),
      cancel: { action, hidden },
    }),
    'sign-in-code': signInCodePage(ui, {
      action: '/submitted',
      forgotPasswordUrl: '/forgot-password',
      cancel: { action: '/submitted' },
    }),
    'sign-in-code-refused': signInCodePage(ui, {
      action,
      hidden,
      clientName,
      errors: { code: text('This code is wrong.') },
      forgotPasswordUrl: text('/forgot-password'),
      cancel: { action, hidden },
    }),
    consent: consentPage(ui, {
      action,
      hidden,
      clientName,
      account: email,
      returnTo: text('norte.example'),
      scopes: [text('email'), text('offline_access'), text('patients.read')],
    }),
    device: devicePage(ui, { action: '/submitted' }),
    'device-refused': devicePage(ui, {
      action,
      hidden,
      userCode: text('BCDF-GHJK'),
      error,
      errors: { user_code: text('This code is wrong.') },
    }),
    'device-confirm': deviceConfirmPage(ui, {
      action,
      hidden,
      clientName,
      userCode: text('BCDF-GHJK'),
    }),
    'device-done': deviceDonePage(ui),
    logout: logoutPage(ui, { action, hidden }),
    'logged-out': loggedOutPage(ui, { clientName }),
    error: problemPage(ui, { code: text('invalid_client'), detail: text('client is invalid') }),
    'error-temporary': problemPage(ui, { code: 'unavailable', retryPath: text('/register') }),
    'error-waiting': problemPage(ui, {
      code: 'interaction_expired',
      wayBack: { waitsAt: text('/interaction/abc') },
    }),
    'error-application': problemPage(ui, {
      code: 'interaction_expired',
      wayBack: { href: text('https://norte.example/'), host: text('norte.example'), clientName },
    }),
    'error-link': problemPage(ui, { code: 'link_invalid' }),
    'error-link-used': problemPage(ui, {
      code: 'link_invalid',
      link: { reason: 'used', signInUrl },
    }),
    'error-link-verify': problemPage(ui, {
      code: 'link_invalid',
      link: { purpose: 'verify_email', reason: 'expired', signInUrl, resend: { action, hidden } },
    }),
    'error-link-confirmed': problemPage(ui, {
      code: 'link_invalid',
      link: { purpose: 'verify_email', reason: 'used' },
    }),
    'error-link-setup': problemPage(ui, {
      code: 'link_invalid',
      link: { purpose: 'first_administrator' },
    }),
    register: registerPage(ui, first),
    'register-refused': registerPage(ui, {
      action,
      hidden,
      email,
      name,
      username: text('ana'),
      signInUrl,
      minimumLength,
      error,
      errors: { ...refusedName, username: text('Letters only.') },
      refusal,
    }),
    'check-inbox': checkInboxPage(ui, { email, resend: { action, hidden } }),
    'verify-email': verifyEmailPage(ui, { action, hidden }),
    verified: verifiedPage(ui, { signInUrl }),
    'verified-without-password': verifiedPage(ui, { choosesAt: email }),
    'forgot-password': forgotPasswordPage(ui, { action: '/submitted' }),
    'forgot-password-refused': forgotPasswordPage(ui, {
      action,
      hidden,
      email,
      error,
      errors: { email: emailError },
    }),
    'reset-password': resetPasswordPage(ui, first),
    'reset-password-refused': resetPasswordPage(ui, {
      action,
      hidden,
      minimumLength,
      error,
      refusal,
    }),
    'change-password': changePasswordPage(ui, first),
    'change-password-refused': changePasswordPage(ui, {
      action,
      hidden,
      identifier: email,
      minimumLength,
      error,
      refusal,
    }),
    'password-changed': passwordChangedPage(ui, { signInUrl }),
    'first-administrator': firstAdministratorPage(ui, first),
    'first-administrator-refused': firstAdministratorPage(ui, {
      action,
      hidden,
      email,
      name,
      minimumLength,
      error,
      errors: refusedName,
      refusal,
    }),
    'first-administrator-known-refused': firstAdministratorPage(ui, {
      action,
      email,
      minimumLength,
      refusal: 'wrong',
    }),
    'administrator-made': administratorMadePage(ui, { email }),
    'dev-mail-list': devMailListPage(ui, {
      mails: [
        { href: text('/dev/mail/2'), to: email, subject: text('Confirm your address'), at },
        { href: text('/dev/mail/1'), to: email, subject: text('Your account is locked'), at },
      ],
    }),
    'dev-mail': devMailPage(ui, {
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
