import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { moment } from './moment.js';

export interface DevMailModel {
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
