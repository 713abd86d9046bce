import { html, type Html } from './html.js';

/** A form that is posted, without its fields. */
export interface FormModel {
  /** Where it is posted. */
  readonly action: string;
  /** Sent along: what ties the form to its page. */
  readonly hidden?: Readonly<Record<string, string>> | undefined;
}

/** A form that may come back with what was wrong about it. */
export interface RefusableFormModel<Field extends string> extends FormModel {
  /** What is wrong with the whole. */
  readonly error?: string | undefined;
  /** What is wrong with single fields. */
  readonly errors?: Readonly<Partial<Record<Field, string | undefined>>> | undefined;
}

export function form({ action, hidden = {} }: FormModel, content: Html): Html {
  return html`<form method="post" action="${action}">
    ${Object.entries(hidden).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" /> `,
    )}${content}
  </form>`;
}
