import { html, type Html } from './html.js';

/** A labelled input of one line. */
export interface Field {
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
