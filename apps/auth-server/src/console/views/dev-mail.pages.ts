import { html, type Html, layout, moment } from './html.js';

interface DevMailModel {
  readonly to: string;
  readonly subject: string;
  readonly at: Date;
  readonly text: string;
  /** Of the page with all mails. */
  readonly listUrl: string;
}

const LINK = /(https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)])/;

export function devMailPage({ to, subject, at, text, listUrl }: DevMailModel): Html {
  return layout(
    { title: subject, wide: true },
    html`<p class="lead">to <bdi>${to}</bdi>, ${moment(at)}</p>
      <div class="mail-text">${linked(text)}</div>
      <ul class="links">
        <li><a href="${listUrl}">All mails</a></li>
      </ul>`,
  );
}

/** `split` puts what the group matched at the odd places. */
function linked(text: string): readonly (Html | string)[] {
  return text
    .split(LINK)
    .map((part, at) => (at % 2 === 1 ? html`<a href="${part}">${part}</a>` : part));
}

interface DevMailListModel {
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
