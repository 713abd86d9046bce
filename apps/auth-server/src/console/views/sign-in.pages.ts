import { html, type Html } from '../../operation/http/html.js';
import {
  choices,
  field,
  form,
  type FormModel,
  formPage,
  quietSubmit,
  type RefusableFormModel,
  submit,
} from './form.js';
import { hint, layout, lead, links, type PageContext, quoted } from './layout.js';

/** Posts `identifier` and `password`. */
interface SignInModel extends RefusableFormModel<'identifier' | 'password'> {
  /** The name of the application, as it calls itself. */
  readonly clientName?: string | undefined;
  /** The previous input, or the `login_hint` of the application. */
  readonly identifier?: string | undefined;
  readonly forgotPasswordUrl?: string | undefined;
  readonly registerUrl?: string | undefined;
  /** The form of "Cancel". */
  readonly cancel?: FormModel | undefined;
}

export function signInPage(ui: PageContext, model: SignInModel): Html {
  const { clientName, identifier, forgotPasswordUrl, registerUrl, cancel, errors } = model;
  const text = ui.copy.signIn;
  const identifierField = field(ui, {
    name: 'identifier',
    label: text.identifier,
    type: 'text',
    autocomplete: 'username',
    value: identifier,
    error: errors?.identifier,
  });
  const passwordField = field(ui, {
    name: 'password',
    label: ui.copy.password.label,
    type: 'password',
    autocomplete: 'current-password',
    error: errors?.password,
  });
  const application = clientName && html`${text.lead} <bdi>${clientName}</bdi>`;
  return formPage(
    ui,
    { ...model, title: text.title, lead: application },
    form(ui, model, identifierField, passwordField, submit(text.submit)),
    cancel && form(ui, cancel, quietSubmit(text.cancel)),
    links(ui, [
      [forgotPasswordUrl, text.forgot],
      [registerUrl, text.register],
    ]),
  );
}

/** Posts `code`. */
interface SignInCodeModel extends RefusableFormModel<'code'> {
  /** The name of the application, as it calls itself. */
  readonly clientName?: string | undefined;
  readonly forgotPasswordUrl: string;
  /** The form of "Cancel". */
  readonly cancel: FormModel;
}

/** Asks for the code of a mail. Says the same if no mail was sent. */
export function signInCodePage(ui: PageContext, model: SignInCodeModel): Html {
  const { clientName, forgotPasswordUrl, cancel, errors } = model;
  const { signIn, code: text } = ui.copy;
  const codeField = field(ui, {
    name: 'code',
    label: text.label,
    type: 'text',
    autocomplete: 'one-time-code',
    hint: text.hint,
    error: errors?.code,
  });
  const application = clientName && html`${signIn.lead} <bdi>${clientName}</bdi>`;
  return formPage(
    ui,
    { ...model, title: text.title, lead: html`${text.lead} ${application}` },
    form(ui, model, codeField, submit(text.submit)),
    form(ui, cancel, quietSubmit(signIn.cancel)),
    links(ui, [[forgotPasswordUrl, signIn.forgot]]),
  );
}

/** Posts `decision`: `allow` or `deny`. */
interface ConsentModel extends FormModel {
  /** The name of the application, as it calls itself. */
  readonly clientName: string;
  readonly scopes: readonly string[];
  /** The account that is signed in. */
  readonly account: string;
  /** The host that receives the answer: the application cannot forge it. */
  readonly returnTo?: string | undefined;
}

export function consentPage(ui: PageContext, model: ConsentModel): Html {
  const { clientName, scopes, account, returnTo } = model;
  const text = ui.copy.consent;
  return layout(
    ui,
    { title: text.title },
    html`${lead(html`${quoted(clientName)} ${text.asks} <bdi>${account}</bdi>.`)}
    ${scopes.length > 0 && scopeList(ui, scopes)}
    ${returnTo !== undefined && hint(html`${text.returnTo} ${quoted(returnTo)}.`)}
    ${form(
      ui,
      model,
      choices(
        { name: 'decision', value: 'allow', label: text.allow },
        { name: 'decision', value: 'deny', label: text.deny, quiet: true },
      ),
    )}`,
  );
}

function scopeList({ copy: { consent } }: PageContext, scopes: readonly string[]): Html {
  const known: Readonly<Record<string, string>> = consent.scopes;
  const items = scopes.map(
    (name) =>
      html`<li>
        ${known[name] ?? consent.otherScope} <code><bdi>${name}</bdi></code>
      </li> `,
  );
  return html`<h2>${consent.scopesTitle}</h2>
    <ul class="scopes">
      ${items}
    </ul>`;
}
