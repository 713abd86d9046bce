import { form, type FormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

export interface CheckInboxModel {
  readonly email: string;
  /** Asks for the mail once more; the address goes along where it is among `hidden`. */
  readonly resend?: FormModel | undefined;
}

/** The same for known and for unknown addresses. */
export function checkInboxPage({ email, resend }: CheckInboxModel): Html {
  return layout(
    { title: 'Look into your inbox' },
    html`<p class="lead">
        A mail is on its way to <strong><bdi>${email}</bdi></strong
        >. It says how to go on.
      </p>
      <p class="hint">
        Nothing there after some minutes? Look among the unwanted mails, and whether the address is
        right.
      </p>
      ${resend && form(resend, html`<button type="submit" class="quiet">Send it again</button>`)}`,
  );
}
