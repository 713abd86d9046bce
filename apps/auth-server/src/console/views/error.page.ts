import { html, type Html } from '../../operation/http/html.js';
import type { Problem } from '../../operation/http/problem.js';
import type { ProblemText } from '../copy/en.js';
import { layout, lead, links, nextStep, type PageContext } from './layout.js';

/** A problem on a page. */
interface ProblemPageModel extends Pick<Problem, 'code'> {
  /** For developers: the description of an OAuth error, in English. */
  readonly detail?: string | undefined;
  /** The path that repeats the request; the start page if undefined. */
  readonly retryPath?: string | undefined;
  /** The purpose of a link that no longer works. `reset_password` by default. */
  readonly linkPurpose?: LinkPurpose | undefined;
}

/** The purpose of a link whose page explains what to do instead. */
export type LinkPurpose = 'reset_password' | 'verify_email' | 'first_administrator';

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
  const { code, detail, retryPath, linkPurpose = 'reset_password' } = model;
  if (code === 'link_invalid') return deadLinkPage(ui, linkPurpose);
  const { copy } = ui;
  const { title, message } = problemText(ui, code);
  return layout(
    ui,
    { title, failed: true },
    html`${lead(message)} ${wayOn(ui, code, retryPath)}
      <dl class="facts">
        ${codeOf(ui, code)}
        ${detail !== undefined && fact(copy.problemDetail, html`<span lang="en">${detail}</span>`)}
      </dl>`,
  );
}

/** Explains that a link no longer works. Only the link of a password can be requested by its reader. */
function deadLinkPage(ui: PageContext, purpose: LinkPurpose): Html {
  const { problems, deadLinks, requestLink, goHome, home } = ui.copy;
  const { title, message } = problems.link_invalid;
  const ways = {
    reset_password: html`${lead(message)} ${nextStep(ui, '/forgot-password', requestLink)}`,
    verify_email: html`${lead(deadLinks.verifyEmail)} ${nextStep(ui, '/', goHome)}
    ${links(ui, [['/register', home.register]])}`,
    first_administrator: html`${lead(deadLinks.firstAdministrator)} ${nextStep(ui, '/', goHome)}`,
  };
  const facts = html`<dl class="facts">${codeOf(ui, 'link_invalid')}</dl>`;
  return layout(ui, { title, failed: true }, html`${ways[purpose]} ${facts}`);
}

/** The title and the sentence of a problem. */
export function problemText({ copy }: PageContext, code: string): ProblemText {
  const known: Readonly<Record<string, ProblemText | undefined>> = copy.problems;
  return known[code] ?? copy.otherProblem;
}

function wayOn(ui: PageContext, code: string, retryPath = '/'): Html {
  const { tryAgain, goHome, resetPassword } = ui.copy;
  if (TEMPORARY.includes(code)) return nextStep(ui, retryPath, tryAgain);
  if (code === 'account_locked') return nextStep(ui, '/forgot-password', resetPassword.title);
  return nextStep(ui, '/', goHome);
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
