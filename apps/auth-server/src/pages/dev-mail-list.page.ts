import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { moment } from './moment.js';

export interface DevMailListModel {
  /** Newest first. */
  readonly mails: readonly {
    /** Of the page that shows it. */
    readonly href: string;
    readonly to: string;
    readonly subject: string;
    readonly at: Date;
  }[];
}

export function devMailListPage({ mails }: DevMailListModel): Html {
  return layout(
    { title: 'Mails', wide: true },
    html`<p class="lead">
        Without SMTP_URL nothing is sent: what would have been is kept in the database, for a week,
        and the last hundred are shown here.
      </p>
      ${
        mails.length === 0
          ? html`<p>None yet.</p>`
          : html`<ul class="mails">
              ${mails.map(
                ({ href, to, subject, at }) =>
                  html`<li>
                    <a href="${href}">${subject}</a>
                    <p>to <bdi>${to}</bdi>, ${moment(at)}</p>
                  </li> `,
              )}
            </ul>`
      }`,
  );
}
