import { html, type Html } from '../../operation/http/html.js';
import type { Problem } from '../../operation/http/problem.js';
import type { ProblemText } from '../copy/en.js';
import { layout, lead, nextStep, type PageContext } from './layout.js';

/** A problem on a page. */
interface ProblemPageModel extends Pick<Problem, 'code'> {
  /** For developers: the description of an OAuth error, in English. */
  readonly detail?: string | undefined;
  /** The path that repeats the request; the start page if undefined. */
  readonly retryPath?: string | undefined;
}

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
export function problemPage(ui: PageContext, { code, detail, retryPath }: ProblemPageModel): Html {
  const { copy } = ui;
  const { title, message } = problemText(ui, code);
  return layout(
    ui,
    { title, failed: true },
    html`${lead(message)} ${wayOn(ui, code, retryPath)}
      <dl class="facts">
        ${fact(copy.problemCode, html`<code>${code}</code>`)}
        ${detail !== undefined && fact(copy.problemDetail, html`<span lang="en">${detail}</span>`)}
      </dl>`,
  );
}

/** The title and the sentence of a problem. */
export function problemText({ copy }: PageContext, code: string): ProblemText {
  const known: Readonly<Record<string, ProblemText | undefined>> = copy.problems;
  return known[code] ?? copy.otherProblem;
}

function wayOn(ui: PageContext, code: string, retryPath = '/'): Html {
  const { tryAgain, goHome, requestLink, resetPassword } = ui.copy;
  if (TEMPORARY.includes(code)) return nextStep(ui, retryPath, tryAgain);
  if (code === 'link_invalid') return nextStep(ui, '/forgot-password', requestLink);
  if (code === 'account_locked') return nextStep(ui, '/forgot-password', resetPassword.title);
  return nextStep(ui, '/', goHome);
}

function fact(name: string, value: Html): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
