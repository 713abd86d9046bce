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
import { hint, layout, lead, nextStep, type PageContext, quoted } from './layout.js';

/** Posts `user_code` (RFC 8628, section 3.3). */
interface DeviceModel extends RefusableFormModel<'user_code'> {
  readonly userCode?: string | undefined;
}

export function devicePage(ui: PageContext, model: DeviceModel): Html {
  const text = ui.copy.device;
  const code = field(ui, {
    name: 'user_code',
    label: text.code,
    type: 'text',
    autocomplete: 'one-time-code',
    value: model.userCode,
    error: model.errors?.user_code,
  });
  return formPage(
    ui,
    { ...model, title: text.title, lead: text.lead },
    form(ui, model, code, submit(text.submit)),
  );
}

/** Posts `user_code` (hidden) with `confirm=yes` or `abort=yes`. */
interface DeviceConfirmModel extends FormModel {
  /** The name of the application, as it calls itself. */
  readonly clientName: string;
  readonly userCode: string;
}

export function deviceConfirmPage(ui: PageContext, model: DeviceConfirmModel): Html {
  const { action, hidden, clientName, userCode } = model;
  const text = ui.copy.deviceConfirm;
  return layout(
    ui,
    { title: text.title },
    html`${lead(html`${quoted(clientName)} ${text.asks}`)}
      <p class="user-code">${userCode}</p>
      ${hint(text.warning)}
      ${form(
        ui,
        { action, hidden: { ...hidden, user_code: userCode } },
        choices(
          { name: 'confirm', value: 'yes', label: text.connect },
          { name: 'abort', value: 'yes', label: text.cancel, quiet: true },
        ),
      )}`,
  );
}

export function deviceDonePage(ui: PageContext): Html {
  const { title, lead: sentence } = ui.copy.deviceDone;
  return layout(ui, { title }, lead(sentence));
}

/** Posts `logout=yes`, or nothing to stay signed in. */
export function logoutPage(ui: PageContext, model: FormModel): Html {
  const text = ui.copy.logout;
  const buttons = html`<div class="choices">
    <button type="submit" name="logout" value="yes">${text.submit}</button>
    ${quietSubmit(text.cancel)}
  </div>`;
  return layout(ui, { title: text.title }, html`${lead(text.lead)} ${form(ui, model, buttons)}`);
}

interface LoggedOutModel {
  /** The name of the application, as it calls itself. */
  readonly clientName?: string | undefined;
}

export function loggedOutPage(ui: PageContext, { clientName }: LoggedOutModel): Html {
  const text = ui.copy.loggedOut;
  const sentence =
    clientName === undefined ? text.lead : html`${text.of} <bdi>${clientName}</bdi>. ${text.lead}`;
  const content = html`${lead(sentence)} ${nextStep(ui, '/', ui.copy.goHome)}`;
  return layout(ui, { title: text.title }, content);
}
