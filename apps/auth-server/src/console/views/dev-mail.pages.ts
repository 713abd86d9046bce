import { html, type Html } from '../../operation/http/html.js';
import { layout, lead, links, moment, type PageContext } from './layout.js';

interface MailSummary {
  readonly to: string;
  readonly subject: string;
  readonly at: Date;
}

interface DevMailModel extends MailSummary {
  readonly text: string;
  /** The path of the page with all mails. */
  readonly listUrl: string;
}

const LINK = /(https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)])/;

export function devMailPage(ui: PageContext, model: DevMailModel): Html {
  const { subject, text, listUrl } = model;
  return layout(
    ui,
    { title: subject, wide: true },
    html`${lead(recipient(ui, model))}
      <div class="mail-text">${linked(text)}</div>
      ${links(ui, [[listUrl, ui.copy.mails.all]])}`,
  );
}

/** Makes links clickable. `split` returns the matches of the group at odd indexes. */
function linked(text: string): readonly (Html | string)[] {
  return text
    .split(LINK)
    .map((part, at) => (at % 2 === 1 ? html`<a href="${part}">${part}</a>` : part));
}

function recipient({ copy }: PageContext, { to, at }: MailSummary): Html {
  return html`${copy.mails.to} <bdi>${to}</bdi>, ${moment(at)}`;
}

interface DevMailListModel {
  /** Newest first, each with the path of its page. */
  readonly mails: readonly (MailSummary & { readonly href: string })[];
}

export function devMailListPage(ui: PageContext, { mails }: DevMailListModel): Html {
  const text = ui.copy.mails;
  const items = mails.map(
    (mail) =>
      html`<li>
        <a href="${ui.link(mail.href)}">${mail.subject}</a>
        <p>${recipient(ui, mail)}</p>
      </li> `,
  );
  return layout(
    ui,
    { title: text.title, wide: true },
    html`${lead(text.lead)}
    ${
      items.length === 0
        ? html`<p>${text.none}</p>`
        : html`<ul class="mails">
            ${items}
          </ul>`
    }`,
  );
}
