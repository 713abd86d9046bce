import {
  errorSummary,
  field,
  form,
  type FormModel,
  newPasswordField,
  type NewPasswordModel,
  passwordErrors,
  type RefusableFormModel,
} from './form.js';
import { html, type Html, layout } from './html.js';

/** Posts `email`, `name`, `username` and `password`; those left empty are empty. */
interface RegisterModel
  extends RefusableFormModel<'email' | 'name' | 'username'>, NewPasswordModel {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly username?: string | undefined;
  readonly signInUrl?: string | undefined;
}

export function registerPage(model: RegisterModel): Html {
  const { email, name, username, signInUrl, errors } = model;
  const summary = errorSummary(passwordErrors(model));
  return layout(
    { title: 'Create an account', failed: summary !== undefined },
    html`${summary}
    ${form(
      model,
      html`${field({
          name: 'email',
          label: 'E-mail address',
          type: 'email',
          autocomplete: 'email',
          value: email,
          error: errors?.email,
        })}
        ${field({
          name: 'name',
          label: 'Name',
          type: 'text',
          autocomplete: 'name',
          value: name,
          error: errors?.name,
          optional: true,
        })}
        ${field({
          name: 'username',
          label: 'Username',
          type: 'text',
          autocomplete: 'username',
          value: username,
          hint: 'To sign in with instead of the address.',
          error: errors?.username,
          optional: true,
        })}
        ${newPasswordField('Password', model)} <button type="submit">Create the account</button>`,
    )}
    ${
      signInUrl !== undefined &&
      html`<ul class="links">
        <li><a href="${signInUrl}">Sign in to an account that you have</a></li>
      </ul>`
    }`,
  );
}

interface CheckInboxModel {
  readonly email: string;
  /** Asks for the mail once more; the address goes along where it is among `hidden`. */
  readonly resend?: FormModel | undefined;
}

/** The same for known and for unknown addresses. */
export function checkInboxPage({ email, resend }: CheckInboxModel): Html {
  return layout(
    { title: 'Look into your inbox' },
    html`<p class="lead">
        A mail is on its way to <strong><bdi>${email}</bdi></strong
        >. It says how to go on.
      </p>
      <p class="hint">
        Nothing there after some minutes? Look among the unwanted mails, and whether the address is
        right.
      </p>
      ${resend && form(resend, html`<button type="submit" class="quiet">Send it again</button>`)}`,
  );
}

/** Posts what is hidden: the token of the mail. */
type VerifyEmailModel = FormModel;

/** A button, since programs that look for malware open every link of a mail. */
export function verifyEmailPage(model: VerifyEmailModel): Html {
  return layout(
    { title: 'Confirm your e-mail address' },
    html`<p class="lead">One press, and your account can be used.</p>
      ${form(model, html`<button type="submit">Confirm the address</button>`)}
      <p class="hint">You did not create an account? Close this page, and nothing happens.</p>`,
  );
}

/** The way on from a page that has nothing more to ask; where there is none, back to the application. */
export function nextLink(signInUrl: string | undefined): Html {
  return signInUrl === undefined
    ? html`<p>Go back to the application to sign in. You can close this page.</p>`
    : html`<p><a class="button" href="${signInUrl}">Sign in</a></p>`;
}

interface VerifiedModel {
  readonly signInUrl?: string | undefined;
  /** Where the way to a password is mailed to, where there is none yet. */
  readonly choosesAt?: string | undefined;
}

export function verifiedPage({ signInUrl, choosesAt }: VerifiedModel): Html {
  if (choosesAt !== undefined) return choosePage(choosesAt);
  return layout(
    { title: 'Address confirmed' },
    html`<p class="lead">Your account can be used now.</p>
      ${nextLink(signInUrl)}`,
  );
}

function choosePage(email: string): Html {
  return layout(
    { title: 'Choose a password next' },
    html`<p class="lead">
        Your address is confirmed. It was registered more than once, so no password counts yet: a
        mail is on its way to <strong><bdi>${email}</bdi></strong
        >, with a link to choose one.
      </p>
      <p class="hint">You can close this page.</p>`,
  );
}
