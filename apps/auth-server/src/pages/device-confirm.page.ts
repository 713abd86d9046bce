import { form, type FormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Posts `user_code` (hidden) with `confirm=yes`, or with `abort=yes`. */
export interface DeviceConfirmModel extends FormModel {
  /** As the client calls itself. */
  readonly clientName: string;
  readonly userCode: string;
}

export function deviceConfirmPage({
  action,
  hidden,
  clientName,
  userCode,
}: DeviceConfirmModel): Html {
  return layout(
    { title: 'Is this your device?' },
    html`<p class="lead">
        <strong><bdi>${clientName}</bdi></strong> wants to connect a device. It should show this
        code now:
      </p>
      <p class="user-code">${userCode}</p>
      <p class="hint">
        If someone sent you the code, or you have no such device before you, do not continue: the
        device would get into your account.
      </p>
      ${form(
        { action, hidden: { ...hidden, user_code: userCode } },
        html`<div class="choices">
          <button type="submit" name="confirm" value="yes">Connect it</button>
          <button type="submit" name="abort" value="yes" class="quiet">Cancel</button>
        </div>`,
      )}`,
  );
}
