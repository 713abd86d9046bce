import { errorSummary, field, form, type FormModel, type RefusableFormModel } from './form.js';
import { html, type Html, layout } from './html.js';

/** Posts `identifier` and `password`. */
interface SignInModel extends RefusableFormModel<'identifier' | 'password'> {
  /** Who asked for it: named by the client itself. */
  readonly clientName?: string | undefined;
  /** What was typed before, or what the client expects (`login_hint`). */
  readonly identifier?: string | undefined;
  readonly forgotPasswordUrl?: string | undefined;
  readonly registerUrl?: string | undefined;
  /** Where "Cancel" is posted. */
  readonly cancel?: FormModel | undefined;
}

export function signInPage(model: SignInModel): Html {
  const { clientName, identifier, forgotPasswordUrl, registerUrl, cancel, errors } = model;
  const summary = errorSummary(model);
  return layout(
    { title: 'Sign in', failed: summary !== undefined },
    html`${
      clientName !== undefined && html`<p class="lead">to continue to <bdi>${clientName}</bdi></p> `
    }${summary}
    ${form(
      model,
      html`${field({
          name: 'identifier',
          label: 'E-mail address or username',
          type: 'text',
          autocomplete: 'username',
          value: identifier,
          error: errors?.identifier,
        })}
        ${field({
          name: 'password',
          label: 'Password',
          type: 'password',
          autocomplete: 'current-password',
          error: errors?.password,
        })} <button type="submit">Sign in</button>`,
    )}
    ${cancel && form(cancel, html`<button type="submit" class="quiet">Cancel</button>`)}
    ${
      (forgotPasswordUrl !== undefined || registerUrl !== undefined) &&
      html`<ul class="links">
        ${forgotPasswordUrl !== undefined && html`<li><a href="${forgotPasswordUrl}">Forgot your password?</a></li> `}${
          registerUrl !== undefined &&
          html`<li><a href="${registerUrl}">Create an account</a></li> `
        }
      </ul>`
    }`,
  );
}

/** Posts `decision`: `allow` or `deny`. */
interface ConsentModel extends FormModel {
  /** As the client calls itself. */
  readonly clientName: string;
  /** What it asks for. */
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
  /** Who is signed in. */
  readonly account: string;
  /** The host that the answer goes to: what a client cannot make up. */
  readonly returnTo?: string | undefined;
}

export function consentPage(model: ConsentModel): Html {
  const { clientName, scopes, account, returnTo } = model;
  return layout(
    { title: 'Allow access?' },
    html`<p class="lead">
        <strong><bdi>${clientName}</bdi></strong> asks for access to your account
        <bdi>${account}</bdi>.
      </p>
      ${
        scopes.length > 0 &&
        html`<h2>It would be able to</h2>
          <ul class="scopes">
            ${scopes.map(
              ({ name, description }) =>
                html`<li>
                  ${description} <code><bdi>${name}</bdi></code>
                </li> `,
            )}
          </ul> `
      }${
        returnTo !== undefined &&
        html`<p class="hint">
          Either way you go back to <strong><bdi>${returnTo}</bdi></strong
          >.
        </p> `
      }${form(
        model,
        html`<div class="choices">
          <button type="submit" name="decision" value="allow">Allow</button>
          <button type="submit" name="decision" value="deny" class="quiet">Deny</button>
        </div>`,
      )}`,
  );
}

/** Posts `user_code` (RFC 8628, section 3.3). */
interface DeviceModel extends RefusableFormModel<'user_code'> {
  readonly userCode?: string | undefined;
}

export function devicePage(model: DeviceModel): Html {
  const summary = errorSummary(model);
  return layout(
    { title: 'Connect a device', failed: summary !== undefined },
    html`<p class="lead">Enter the code that the device shows.</p>
      ${summary}
      ${form(
        model,
        html`${field({
            name: 'user_code',
            label: 'Code',
            type: 'text',
            autocomplete: 'one-time-code',
            value: model.userCode,
            error: model.errors?.user_code,
          })} <button type="submit">Continue</button>`,
      )}`,
  );
}

/** Posts `user_code` (hidden) with `confirm=yes`, or with `abort=yes`. */
interface DeviceConfirmModel extends FormModel {
  /** As the client calls itself. */
  readonly clientName: string;
  readonly userCode: string;
}

export function deviceConfirmPage({
  action,
  hidden,
  clientName,
  userCode,
}: DeviceConfirmModel): Html {
  return layout(
    { title: 'Is this your device?' },
    html`<p class="lead">
        <strong><bdi>${clientName}</bdi></strong> wants to connect a device. It should show this
        code now:
      </p>
      <p class="user-code">${userCode}</p>
      <p class="hint">
        If someone sent you the code, or you have no such device before you, do not continue: the
        device would get into your account.
      </p>
      ${form(
        { action, hidden: { ...hidden, user_code: userCode } },
        html`<div class="choices">
          <button type="submit" name="confirm" value="yes">Connect it</button>
          <button type="submit" name="abort" value="yes" class="quiet">Cancel</button>
        </div>`,
      )}`,
  );
}

export function deviceDonePage(): Html {
  return layout(
    { title: 'Device connected' },
    html`<p class="lead">Go on at the device. You can close this page.</p>`,
  );
}

/** Posts `logout=yes`, or nothing of the kind. */
type LogoutModel = FormModel;

export function logoutPage(model: LogoutModel): Html {
  return layout(
    { title: 'Sign out?' },
    html`<p class="lead">
        This ends your session here, and in the applications that you entered with it.
      </p>
      ${form(
        model,
        html`<div class="choices">
          <button type="submit" name="logout" value="yes">Sign out</button>
          <button type="submit" class="quiet">Stay signed in</button>
        </div>`,
      )}`,
  );
}

interface LoggedOutModel {
  /** Who asked for it: named by the client itself. */
  readonly clientName?: string | undefined;
}

export function loggedOutPage({ clientName }: LoggedOutModel): Html {
  return layout(
    { title: 'Signed out' },
    html`<p class="lead">
      You are signed out${clientName !== undefined && html` of <bdi>${clientName}</bdi>`}. You can
      close this page.
    </p>`,
  );
}
