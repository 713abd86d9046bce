import { html, type Html } from '../../operation/http/html.js';
import {
  errorSummary,
  field,
  form,
  type FormModel,
  quietSubmit,
  type RefusableFormModel,
  submit,
} from './form.js';
import { hint, layout, lead, links, nextStep, type PageContext, quoted } from './layout.js';
import { newPasswordField, type NewPasswordModel, passwordErrors } from './new-password.js';

/** A form that asks for the identity of a new account. */
export interface NewAccountModel
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
  const summary = errorSummary(ui, passwordErrors(ui, model));
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
  return layout(
    ui,
    { title: text.title, failed: summary !== undefined },
    html`${summary}
    ${form(ui, model, personFields(ui, model), usernameField, password, submit(text.submit))}
    ${links(ui, [[signInUrl, text.signIn]])}`,
  );
}

/** The fields `email` and `name` of a new account. */
export function personFields(ui: PageContext, { email, name, errors }: NewAccountModel): Html[] {
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
export function nextSignIn(ui: PageContext, signInUrl: string | undefined): Html {
  const { signIn, backToApplication } = ui.copy.verified;
  return signInUrl === undefined
    ? html`<p>${backToApplication}</p>`
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
