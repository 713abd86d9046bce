import { html, type Html, type HtmlValue } from '../../operation/http/html.js';
import { layout, lead, type PageContext } from './layout.js';
import { revealButton } from './reveal-password.js';

/** A form without its fields. */
export interface FormModel {
  /** The path that it is posted to. */
  readonly action: string;
  /** Values that are sent along, such as a token that binds the form to its page. */
  readonly hidden?: Readonly<Record<string, string>> | undefined;
}

/** A form that is shown again with its errors. */
export interface RefusableFormModel<Name extends string> extends FormModel {
  /** The heading of the errors. It asks to check the form by default. */
  readonly errorTitle?: string | undefined;
  /** An error that concerns no single field. */
  readonly error?: string | undefined;
  readonly errors?: Readonly<Partial<Record<Name, string | undefined>>> | undefined;
}

export function form(
  ui: PageContext,
  { action, hidden = {} }: FormModel,
  ...content: readonly HtmlValue[]
): Html {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" /> `,
  );
  return html`<form method="post" action="${ui.link(action)}">${inputs}${content}</form>`;
}

export function submit(label: string): Html {
  return html`<button type="submit">${label}</button>`;
}

export function quietSubmit(label: string): Html {
  return html`<button type="submit" class="quiet">${label}</button>`;
}

/** A button of two or more, of which each sends a value. */
interface Choice {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly quiet?: boolean;
}

export function choices(...all: readonly Choice[]): Html {
  const buttons = all.map(
    ({ name, value, label, quiet = false }) =>
      html`<button type="submit" name="${name}" value="${value}" ${quiet && html` class="quiet"`}>
        ${label}
      </button> `,
  );
  return html`<div class="choices">${buttons}</div>`;
}

/** A labelled input of one line. */
interface Field {
  /** The member of the form, and the id of the input. */
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  /** For password managers (HTML, section 4.10.18.7). */
  readonly autocomplete: string;
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly error?: Html | string | undefined;
  readonly optional?: boolean;
}

export function field(ui: PageContext, model: Field): Html {
  const { name, label, hint, error, optional = false } = model;
  return html`<div class="field">
    <label for="${name}"
      >${label}${optional && html` <span class="optional">(${ui.copy.optional})</span>`}</label
    >
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${error !== undefined && html`<div class="wrong" id="${name}-error">${error}</div>`}
    <input${attributesOf(ui, model)} />${model.type === 'password' && revealButton()}
  </div>`;
}

/** Returns the attributes. Their names are constants; only values may come from requests. */
function attributesOf(
  { copy }: PageContext,
  { name, type, autocomplete, value, hint, error, optional }: Field,
): Html[] {
  const isCode = type === 'text' && autocomplete !== 'name';
  const described = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(error === undefined ? [] : [`${name}-error`]),
  ];
  const attributes = {
    id: name,
    name,
    type,
    autocomplete,
    value,
    autocapitalize: isCode ? 'none' : undefined,
    spellcheck: isCode ? 'false' : undefined,
    'data-show': type === 'password' ? copy.password.show : undefined,
    'data-hide': type === 'password' ? copy.password.hide : undefined,
    required: optional === true ? undefined : '',
    'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
    'aria-invalid': error === undefined ? undefined : 'true',
  };
  return Object.entries(attributes).flatMap(([attribute, content]) =>
    content === undefined ? [] : [html` ${attribute}="${content}"`],
  );
}

/** Lists all errors above the form, with a link to each field. The focus moves to it. */
export function errorSummary(
  { copy }: PageContext,
  {
    errorTitle = copy.formFailed,
    error,
    errors = {},
  }: Pick<RefusableFormModel<string>, 'errorTitle' | 'error' | 'errors'>,
): Html | undefined {
  const wrong = Object.entries(errors).filter(([, sentence]) => sentence !== undefined);
  if (error === undefined && wrong.length === 0) return undefined;
  const items = wrong.map(([name, sentence]) => html`<li><a href="#${name}">${sentence}</a></li> `);
  return html`<div class="summary" role="alert" tabindex="-1" autofocus>
    <h2>${errorTitle}</h2>
    ${error !== undefined && html`<p>${error}</p>`}
    ${
      wrong.length > 0 &&
      html`<ul>
        ${items}
      </ul>`
    }
  </div>`;
}

/** A page with a form. */
interface FormPage extends Pick<RefusableFormModel<string>, 'errorTitle' | 'error' | 'errors'> {
  readonly title: string;
  readonly lead?: Html | string | undefined;
}

/** A page whose errors stand above its form, and in its title. */
export function formPage(ui: PageContext, model: FormPage, ...content: readonly HtmlValue[]): Html {
  const { title, lead: sentence } = model;
  const summary = errorSummary(ui, model);
  return layout(
    ui,
    { title, failed: summary !== undefined },
    html`${sentence !== undefined && lead(sentence)} ${summary} ${content}`,
  );
}
