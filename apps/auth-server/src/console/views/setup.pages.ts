import {
  errorSummary,
  field,
  form,
  newPasswordField,
  type NewPasswordModel,
  passwordErrors,
  type RefusableFormModel,
} from './form.js';
import { html, type Html, layout } from './html.js';

/** Posts `email`, `name` and `password`, and what is hidden: the token of the link. */
export interface FirstAdministratorModel
  extends RefusableFormModel<'email' | 'name'>, NewPasswordModel {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

export function firstAdministratorPage(model: FirstAdministratorModel): Html {
  const { email, name, errors } = model;
  const summary = errorSummary(passwordErrors(model));
  return layout(
    { title: 'The first administrator', failed: summary !== undefined },
    html`<p class="lead">
        This platform has no administrator yet. The account that you make here may do everything.
      </p>
      ${summary}
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
          ${newPasswordField('Password', model)}
          <button type="submit">Make the administrator</button>`,
      )}`,
  );
}

interface AdministratorMadeModel {
  readonly email: string;
}

export function administratorMadePage({ email }: AdministratorMadeModel): Html {
  return layout(
    { title: 'Administrator made' },
    html`<p class="lead">
      <strong><bdi>${email}</bdi></strong> administers this platform now. The link that you came by
      works no more.
    </p>`,
  );
}
