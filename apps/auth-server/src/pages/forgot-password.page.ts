import { errorSummary } from './error-summary.js';
import { field } from './field.js';
import { form, type RefusableFormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Posts `email`. */
export interface ForgotPasswordModel extends RefusableFormModel<'email'> {
  readonly email?: string | undefined;
}

export function forgotPasswordPage(model: ForgotPasswordModel): Html {
  const summary = errorSummary(model);
  return layout(
    { title: 'Forgot your password?', failed: summary !== undefined },
    html`<p class="lead">We send you a link with which you choose a new one.</p>
      ${summary}
      ${form(
        model,
        html`${field({
            name: 'email',
            label: 'E-mail address',
            type: 'email',
            autocomplete: 'email',
            value: model.email,
            error: model.errors?.email,
          })} <button type="submit">Send the link</button>`,
      )}`,
  );
}
