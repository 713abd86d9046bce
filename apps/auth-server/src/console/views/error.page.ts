import { html, type Html } from '../../operation/http/html.js';
import type { Problem } from '../../operation/http/problem.js';
import type { ProblemText } from '../copy/en.js';
import { hint, layout, lead, nextStep, type PageContext, quoted } from './layout.js';
import { deadLinkPage, type DeadLink } from './dead-link.page.js';

/** A problem on a page. */
interface ProblemPageModel extends Pick<Problem, 'code' | 'retryAfter'> {
  /** For developers: the description of an OAuth error, in English. */
  readonly detail?: string | undefined;
  /** The path that repeats the request; the start page if undefined. */
  readonly retryPath?: string | undefined;
  /** The link that does not work. */
  readonly link?: DeadLink | undefined;
  /** The sign-in or the application that the person came from. */
  readonly wayBack?: WayBack | undefined;
}

/** The place at which a person goes on: a sign-in that waits in this browser, or an application. */
export type WayBack =
  | { readonly waitsAt: string }
  | {
      readonly href: string;
      /** The application cannot forge it, unlike its name. */
      readonly host: string;
      readonly clientName: string;
    };

/** Problems that a second attempt may solve. */
const TEMPORARY = [
  'cross_site_request',
  'body_too_large',
  'rate_limited',
  'overloaded',
  'unavailable',
  'server_error',
];

/** Explains a problem, and offers the next step. */
export function problemPage(ui: PageContext, model: ProblemPageModel): Html {
  const { code, detail, link } = model;
  if (code === 'link_invalid') return deadLinkPage(ui, link);
  const { copy } = ui;
  const { title, message } = problemText(ui, code, model.retryAfter);
  return layout(
    ui,
    { title, failed: true },
    html`${lead(message)} ${wayOn(ui, model)}
      <dl class="facts">
        ${codeOf(ui, code)}
        ${detail !== undefined && fact(copy.problemDetail, html`<span lang="en">${detail}</span>`)}
      </dl>`,
  );
}

/** The title and the sentence of a problem. Locks and limits say how long they last. */
export function problemText({ copy }: PageContext, code: string, retryAfter?: number): ProblemText {
  const known: Readonly<Record<string, ProblemText | undefined>> = copy.problems;
  const text = known[code] ?? copy.otherProblem;
  if (retryAfter === undefined) return text;
  const minutes = Math.ceil(retryAfter / 60);
  if (code === 'account_locked') return { ...text, message: copy.locked(minutes) };
  return code === 'rate_limited' ? { ...text, message: copy.limited(minutes) } : text;
}

function wayOn(
  ui: PageContext,
  { code, retryPath = '/', wayBack }: ProblemPageModel,
): Html | readonly Html[] {
  const { tryAgain, goHome, resetPassword } = ui.copy;
  if (TEMPORARY.includes(code)) return nextStep(ui, retryPath, tryAgain);
  if (code === 'account_locked' || code === 'browser_required') {
    return nextStep(ui, '/forgot-password', resetPassword.title);
  }
  return wayBack === undefined ? nextStep(ui, '/', goHome) : stepBack(ui, wayBack);
}

function stepBack(ui: PageContext, way: WayBack): Html | readonly Html[] {
  const { continueSignIn, goTo, consent } = ui.copy;
  if ('waitsAt' in way) return nextStep(ui, way.waitsAt, continueSignIn);
  const { href, host, clientName } = way;
  return [
    html`<p>
      <a class="button" href="${href}">${goTo} <bdi>${clientName}</bdi></a>
    </p> `,
    hint(html`${consent.returnTo} ${quoted(host)}.`),
  ];
}

function codeOf({ copy }: PageContext, code: string): Html {
  return fact(copy.problemCode, html`<code>${code}</code>`);
}

function fact(name: string, value: Html): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
