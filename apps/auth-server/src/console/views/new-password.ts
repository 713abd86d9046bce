import { html, type Html } from '../../operation/http/html.js';
import type { PasswordVerdict } from '../../credentials/password/password-verdict.js';
import { field, type RefusableFormModel } from './form.js';
import type { PageContext } from './layout.js';

/** The refusal of a password; `missing` if there was none, `wrong` if the account has another one. */
export type PasswordRefusal =
  'missing' | 'wrong' | Pick<PasswordVerdict, 'reasons' | 'suggestionCodes' | 'score'>;

export interface NewPasswordModel {
  /** In characters. */
  readonly minimumLength: number;
  readonly refusal?: PasswordRefusal | undefined;
}

/** The field `password` of a form, with the rule and the faults of the last choice. */
export function newPasswordField(
  ui: PageContext,
  label: string,
  { minimumLength, refusal }: NewPasswordModel,
): Html {
  return field(ui, {
    name: 'password',
    label,
    type: 'password',
    autocomplete: 'new-password',
    hint: ui.copy.password.hint(minimumLength),
    error: refusal && explain(ui, refusal),
  });
}

function explain({ copy }: PageContext, refusal: PasswordRefusal): Html {
  const { password, invalid } = copy;
  if (refusal === 'missing') return list([invalid.password]);
  if (refusal === 'wrong') return list([invalid.passwordOfAccount]);
  const suggestions = refusal.suggestionCodes.map((code) => password.suggestions[code]);
  return html`${strength(password, refusal.score)}
  ${list(refusal.reasons.map(({ code }) => password.reasons[code]))}
  ${
    suggestions.length > 0 &&
    html`<div class="suggestions">
      <p>${password.better}</p>
      ${list(suggestions)}
    </div>`
  }`;
}

function strength(password: PageContext['copy']['password'], score: number): Html {
  const word = password.strengths[score] ?? '';
  return html`<p class="strength">
    <label for="password-strength">${password.strength(word)}</label>
    <meter id="password-strength" min="0" max="4" low="2" high="3" optimum="4" value="${score}">
      ${word}
    </meter>
  </p>`;
}

function list(sentences: readonly string[]): Html {
  return html`<ul>
    ${sentences.map((sentence) => html`<li>${sentence}</li> `)}
  </ul>`;
}

/** The errors of a form, with that of its password. */
export function passwordErrors(
  { copy }: PageContext,
  { error, errors, refusal }: RefusableFormModel<string> & Pick<NewPasswordModel, 'refusal'>,
): Pick<RefusableFormModel<string>, 'error' | 'errors'> {
  if (refusal === undefined) return { error, errors };
  const { password, passwordOfAccount, passwordRejected } = copy.invalid;
  const known = { missing: password, wrong: passwordOfAccount };
  const sentence = typeof refusal === 'string' ? known[refusal] : passwordRejected;
  return { error, errors: { ...errors, password: sentence } };
}
