import { html, type Html } from '../../operation/http/html.js';
import {
  field,
  form,
  type FormModel,
  formPage,
  quietSubmit,
  type RefusableFormModel,
  submit,
} from './form.js';
import { hint, layout, lead, links, nextStep, type PageContext, quoted } from './layout.js';
import { newPasswordField, type NewPasswordModel, passwordErrors } from './new-password.js';

/** A form that asks for the identity of a new account. */
interface NewAccountModel
  extends RefusableFormModel<'email' | 'name' | 'username'>, NewPasswordModel {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

/** Posts `email`, `name`, `username` and `password`. Optional fields may be empty. */
interface RegisterModel extends NewAccountModel {
  readonly username?: string | undefined;
  readonly signInUrl?: string | undefined;
}

export function registerPage(ui: PageContext, model: RegisterModel): Html {
  const { username, signInUrl, errors } = model;
  const text = ui.copy.register;
  const usernameField = field(ui, {
    name: 'username',
    label: ui.copy.username,
    type: 'text',
    autocomplete: 'username',
    value: username,
    hint: ui.copy.usernameHint,
    error: errors?.username,
    optional: true,
  });
  const password = newPasswordField(ui, ui.copy.password.label, model);
  return formPage(
    ui,
    { title: text.title, ...passwordErrors(ui, model) },
    form(ui, model, personFields(ui, model), usernameField, password, submit(text.submit)),
    links(ui, [[signInUrl, text.signIn]]),
  );
}

/** The fields `email` and `name` of a new account. */
function personFields(ui: PageContext, { email, name, errors }: NewAccountModel): Html[] {
  return [
    field(ui, {
      name: 'email',
      label: ui.copy.email,
      type: 'email',
      autocomplete: 'email',
      value: email,
      error: errors?.email,
    }),
    field(ui, {
      name: 'name',
      label: ui.copy.name,
      type: 'text',
      autocomplete: 'name',
      value: name,
      error: errors?.name,
      optional: true,
    }),
  ];
}

interface CheckInboxModel {
  readonly email: string;
  /** Sends the mail again. */
  readonly resend?: FormModel | undefined;
}

/** Shown for known and unknown addresses alike. */
export function checkInboxPage(ui: PageContext, { email, resend }: CheckInboxModel): Html {
  const text = ui.copy.checkInbox;
  return layout(
    ui,
    { title: text.title },
    html`${lead(html`${text.lead} ${quoted(email)}. ${text.next}`)} ${hint(text.hint)}
    ${resend && form(ui, resend, quietSubmit(text.resend))}`,
  );
}

/** Asks for a click, because scanners of mail open every link. Posts the hidden token of the mail. */
export function verifyEmailPage(ui: PageContext, model: FormModel): Html {
  const text = ui.copy.verifyEmail;
  return layout(
    ui,
    { title: text.title },
    html`${lead(text.lead)} ${form(ui, model, submit(text.submit))} ${hint(text.hint)}`,
  );
}

/** Leads to the sign-in, or back to the application if the way there is not known. */
function nextSignIn(ui: PageContext, signInUrl: string | undefined): Html {
  const { signIn, backToApplication } = ui.copy.verified;
  return signInUrl === undefined
    ? html`<p>${backToApplication}</p>
        ${nextStep(ui, '/', ui.copy.goHome)}`
    : nextStep(ui, signInUrl, signIn);
}

interface VerifiedModel {
  readonly signInUrl?: string | undefined;
  /** The address that receives the link to choose a password, if the account has none. */
  readonly choosesAt?: string | undefined;
}

export function verifiedPage(ui: PageContext, { signInUrl, choosesAt }: VerifiedModel): Html {
  const { verified, choosePassword } = ui.copy;
  if (choosesAt === undefined) {
    const content = html`${lead(verified.lead)} ${nextSignIn(ui, signInUrl)}`;
    return layout(ui, { title: verified.title }, content);
  }
  const sentence = lead(html`${choosePassword.lead} ${quoted(choosesAt)}.`);
  return layout(
    ui,
    { title: choosePassword.title },
    html`${sentence} ${hint(choosePassword.hint)}`,
  );
}

/** Posts `email`, `name`, `password` and the hidden token of the link. */
export function firstAdministratorPage(ui: PageContext, model: NewAccountModel): Html {
  const text = ui.copy.setup;
  const password = newPasswordField(ui, ui.copy.password.label, model);
  return formPage(
    ui,
    { title: text.title, lead: text.lead, ...passwordErrors(ui, model) },
    form(ui, model, personFields(ui, model), password, submit(text.submit)),
  );
}

export function administratorMadePage(ui: PageContext, { email }: { email: string }): Html {
  const { doneTitle, done } = ui.copy.setup;
  return layout(
    ui,
    { title: doneTitle },
    html`${lead(html`${quoted(email)} ${done}`)} ${nextStep(ui, '/', ui.copy.goHome)}`,
  );
}

/** Posts `email`. */
interface ForgotPasswordModel extends RefusableFormModel<'email'> {
  readonly email?: string | undefined;
}

export function forgotPasswordPage(ui: PageContext, model: ForgotPasswordModel): Html {
  const text = ui.copy.forgotPassword;
  const email = field(ui, {
    name: 'email',
    label: ui.copy.email,
    type: 'email',
    autocomplete: 'email',
    value: model.email,
    error: model.errors?.email,
  });
  return formPage(
    ui,
    { ...model, title: text.title, lead: text.lead },
    form(ui, model, email, submit(text.submit)),
  );
}

/** Posts `password` and the hidden token of the mail. */
interface ResetPasswordModel extends RefusableFormModel<never>, NewPasswordModel {}

export function resetPasswordPage(ui: PageContext, model: ResetPasswordModel): Html {
  const text = ui.copy.resetPassword;
  const password = newPasswordField(ui, ui.copy.password.newLabel, model);
  return formPage(
    ui,
    { title: text.title, lead: text.lead, ...passwordErrors(ui, model) },
    form(ui, model, password, submit(text.submit)),
  );
}

/** Posts `identifier`, `currentPassword` and `password`. */
interface ChangePasswordModel extends RefusableFormModel<never>, NewPasswordModel {
  readonly identifier?: string | undefined;
}

export function changePasswordPage(ui: PageContext, model: ChangePasswordModel): Html {
  const { title, lead: sentence, current, submit: label } = ui.copy.changePassword;
  const identifier = field(ui, {
    name: 'identifier',
    label: ui.copy.signIn.identifier,
    type: 'text',
    autocomplete: 'username',
    value: model.identifier,
  });
  const known = field(ui, {
    name: 'currentPassword',
    label: current,
    type: 'password',
    autocomplete: 'current-password',
  });
  const chosen = newPasswordField(ui, ui.copy.password.newLabel, model);
  return formPage(
    ui,
    { title, lead: sentence, ...passwordErrors(ui, model) },
    form(ui, model, identifier, known, chosen, submit(label)),
    links(ui, [['/forgot-password', ui.copy.home.forgot]]),
  );
}

interface PasswordChangedModel {
  readonly signInUrl?: string | undefined;
}

export function passwordChangedPage(ui: PageContext, { signInUrl }: PasswordChangedModel): Html {
  const { title, lead: sentence } = ui.copy.passwordChanged;
  return layout(ui, { title }, html`${lead(sentence)} ${nextSignIn(ui, signInUrl)}`);
}
