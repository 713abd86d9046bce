import { byId, element } from './element.js';
import { prettyJson } from './json-view.js';
import { curlOf, kindOf } from './request.js';

const REASONS = {
  200: 'OK',
  201: 'Created',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

function verdictOf({ caller, route, status, answer }) {
  const kind = kindOf(status);
  const code = kind === 'ok' ? null : (answer?.code ?? null);
  const welcome = caller.name ? `${caller.name} is let in.` : 'Let in without a token.';
  const sentence = kind === 'ok' ? welcome : answer?.message;
  return element(
    'div',
    { class: 'verdict', 'data-kind': kind },
    element('p', { class: 'asked' }, element('b', {}, route.method), ` ${route.path}`),
    element(
      'p',
      { class: 'status' },
      element('strong', { id: 'status' }, String(status)),
      ` ${REASONS[status] ?? ''}`,
    ),
    ...(code ? [element('p', {}, element('code', { class: 'code', id: 'code' }, code))] : []),
    element('p', { class: 'sentence', id: 'sentence' }, sentence ?? 'No reason was given.'),
  );
}

function detail(title, content, ...extra) {
  const heading = element('div', { class: 'detail-head' }, element('h3', {}, title), ...extra);
  const scroller = { tabindex: '0', role: 'region', 'aria-label': title };
  return element('div', { class: 'detail' }, heading, element('pre', scroller, content));
}

function copyButton(text) {
  const button = element('button', { type: 'button', class: 'quiet' }, 'Copy');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  });
  return button;
}

/** Renders the curl command. The middle of a long token is hidden on screen, but included when it is copied. */
function curlView(line, token) {
  const code = element('code', { class: 'curl' });
  if (token === null) code.append(line);
  else {
    const [before, after] = line.split(token);
    code.append(before, element('span', { class: 'token', title: token }, token), after);
  }
  return code;
}

/** Renders the curl command and its copy button. Empty for a caller with a cookie, which scripts cannot read. */
function curlDetail(result) {
  const { caller } = result;
  if (caller.hasCookie) return [];
  const line = curlOf(result);
  return [detail('The same with curl', curlView(line, caller.token), copyButton(line))];
}

export function show(result) {
  const { route, challenge, answer } = result;
  byId('result').replaceChildren(verdictOf(result));
  byId('details').replaceChildren(
    ...(challenge
      ? [detail('WWW-Authenticate', element('code', { id: 'challenge' }, challenge))]
      : []),
    detail('Body', prettyJson(answer)),
    ...curlDetail(result),
  );
  for (const button of document.querySelectorAll('[data-route]')) {
    button.classList.toggle('last', button.dataset.route === `${route.method} ${route.path}`);
  }
}

export function revealAnswer() {
  if (matchMedia('(min-width: 60rem)').matches) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  byId('answer').scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' });
}

export function fail(error) {
  byId('details').replaceChildren();
  const sentence = `The clinic could not be reached: ${error.message}`;
  byId('result').replaceChildren(element('p', { class: 'empty' }, sentence));
}
