import { html, type Html } from './html.js';

/** A form that is posted, without its fields. */
export interface FormModel {
  /** Where it is posted. */
  readonly action: string;
  /** Sent along: what ties the form to its page. */
  readonly hidden?: Readonly<Record<string, string>> | undefined;
}

/** A form that may come back with what was wrong about it. */
export interface RefusableFormModel<Name extends string> extends FormModel {
  /** What is wrong with the whole. */
  readonly error?: string | undefined;
  /** What is wrong with single fields. */
  readonly errors?: Readonly<Partial<Record<Name, string | undefined>>> | undefined;
}

export function form({ action, hidden = {} }: FormModel, content: Html): Html {
  return html`<form method="post" action="${action}">
    ${Object.entries(hidden).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" /> `,
    )}${content}
  </form>`;
}

/** A labelled input of one line. */
interface Field {
  /** In the body of the form, and the id of the input. */
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  /** As HTML has it (section 4.10.18.7): what password managers go by. */
  readonly autocomplete: string;
  readonly value?: string | undefined;
  /** How to fill it in. */
  readonly hint?: string;
  /** Why it was refused: a sentence, or a block of them. */
  readonly error?: Html | string | undefined;
  readonly optional?: boolean;
}

export function field({
  name,
  label,
  type,
  autocomplete,
  value,
  hint,
  error,
  optional,
}: Field): Html {
  const described = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(error === undefined ? [] : [`${name}-error`]),
  ].join(' ');
  return html`<div class="field">
    <label for="${name}"
      >${label}${optional && html` <span class="optional">(optional)</span>`}</label
    >
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p> `}${
      error !== undefined && html`<div class="wrong" id="${name}-error">${error}</div> `
    }<input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      ${
        value !== undefined && html` value="${value}"`
      }${type === 'text' && autocomplete !== 'name' && html` autocapitalize="none" spellcheck="false"`}${
        !optional && html` required`
      }${described !== '' && html` aria-describedby="${described}"`}${
        error !== undefined && html` aria-invalid="true"`
      }
    />
  </div>`;
}

/** Why a password was refused. */
export interface PasswordRefusal {
  readonly reasons: readonly string[];
  readonly suggestions: readonly string[];
  /** From 0, guessed at once, to 4. */
  readonly score?: number | undefined;
}

/** What a page with a new password needs to know. */
export interface NewPasswordModel {
  /** In characters. */
  readonly minimumLength: number;
  readonly refusal?: PasswordRefusal | undefined;
}

const STRENGTHS = ['very weak', 'weak', 'fair', 'strong', 'very strong'];

/** The field `password` of a form, with the rule, and with what was wrong about the last choice. */
export function newPasswordField(
  label: string,
  { minimumLength, refusal }: NewPasswordModel,
): Html {
  return field({
    name: 'password',
    label,
    type: 'password',
    autocomplete: 'new-password',
    hint:
      `At least ${minimumLength} characters, and not one that is easy to guess: ` +
      'a few words that have nothing to do with each other are good.',
    error: refusal && explain(refusal),
  });
}

function explain({ reasons, suggestions, score }: PasswordRefusal): Html {
  return html`${score !== undefined && strength(score)}${list(reasons)}${
    suggestions.length > 0 &&
    html`<div class="suggestions">
      <p>Better:</p>
      ${list(suggestions)}
    </div> `
  }`;
}

function strength(score: number): Html {
  const word = STRENGTHS[score] ?? STRENGTHS[0];
  return html`<p class="strength">
    <label for="password-strength">Strength: ${word}</label>
    <meter id="password-strength" min="0" max="4" low="2" high="3" optimum="4" value="${score}">
      ${word}
    </meter>
  </p> `;
}

function list(sentences: readonly string[]): Html | false {
  return (
    sentences.length > 0 &&
    html`<ul>
      ${sentences.map((sentence) => html`<li>${sentence}</li> `)}
    </ul> `
  );
}

/** What was wrong, above the form, each with a link to its field. */
export function errorSummary({
  error,
  errors = {},
}: Pick<RefusableFormModel<string>, 'error' | 'errors'>): Html | undefined {
  const wrong = Object.entries(errors).filter(([, sentence]) => sentence !== undefined);
  if (error === undefined && wrong.length === 0) return undefined;
  return html`<div class="summary" role="alert">
    <h2>That did not work</h2>
    ${error !== undefined && html`<p>${error}</p> `}${
      wrong.length > 0 &&
      html`<ul>
        ${wrong.map(([name, sentence]) => html`<li><a href="#${name}">${sentence}</a></li> `)}
      </ul> `
    }
  </div>`;
}

/** The errors of a form, the refused password among them. */
export function passwordErrors({
  error,
  errors,
  refusal,
}: Pick<RefusableFormModel<string>, 'error' | 'errors'> & Pick<NewPasswordModel, 'refusal'>): Pick<
  RefusableFormModel<string>,
  'error' | 'errors'
> {
  return { error, errors: { ...errors, ...(refusal && { password: 'Choose another password.' }) } };
}
