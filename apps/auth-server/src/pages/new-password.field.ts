import { field } from './field.js';
import { html, type Html } from './html.js';

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
