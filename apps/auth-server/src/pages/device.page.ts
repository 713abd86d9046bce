import { errorSummary } from './error-summary.js';
import { field } from './field.js';
import { form, type RefusableFormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Posts `user_code` (RFC 8628, section 3.3). */
export interface DeviceModel extends RefusableFormModel<'user_code'> {
  readonly userCode?: string | undefined;
}

export function devicePage(model: DeviceModel): Html {
  const summary = errorSummary(model);
  return layout(
    { title: 'Connect a device', failed: summary !== undefined },
    html`<p class="lead">Enter the code that the device shows.</p>
      ${summary}
      ${form(
        model,
        html`${field({
            name: 'user_code',
            label: 'Code',
            type: 'text',
            autocomplete: 'one-time-code',
            value: model.userCode,
            error: model.errors?.user_code,
          })} <button type="submit">Continue</button>`,
      )}`,
  );
}
