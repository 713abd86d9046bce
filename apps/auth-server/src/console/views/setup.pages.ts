import { html, type Html } from '../../operation/http/html.js';
import { errorSummary, form, submit } from './form.js';
import { layout, lead, nextStep, type PageContext, quoted } from './layout.js';
import { newPasswordField, passwordErrors } from './new-password.js';
import { type NewAccountModel, personFields } from './sign-up.pages.js';

/** Posts `email`, `name`, `password` and the hidden token of the link. */
export function firstAdministratorPage(ui: PageContext, model: NewAccountModel): Html {
  const text = ui.copy.setup;
  const summary = errorSummary(ui, passwordErrors(ui, model));
  const password = newPasswordField(ui, ui.copy.password.label, model);
  return layout(
    ui,
    { title: text.title, failed: summary !== undefined },
    html`${lead(text.lead)} ${summary}
    ${form(ui, model, personFields(ui, model), password, submit(text.submit))}`,
  );
}

export function administratorMadePage(ui: PageContext, { email }: { email: string }): Html {
  const { doneTitle, done } = ui.copy.setup;
  return layout(
    ui,
    { title: doneTitle },
    html`${lead(html`${quoted(email)} ${done}`)} ${nextStep(ui, '/', ui.copy.goHome)}`,
  );
}
