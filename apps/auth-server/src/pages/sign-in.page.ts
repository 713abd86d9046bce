import { errorSummary } from './error-summary.js';
import { field } from './field.js';
import { form, type FormModel, type RefusableFormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Posts `identifier` and `password`. */
export interface SignInModel extends RefusableFormModel<'identifier' | 'password'> {
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
