import { show } from './answer.js';
import { avatar, callersNow, claimsOf } from './callers.js';
import { byId, element } from './element.js';
import { ask, kindOf } from './request.js';
import { ROUTES } from './routes.js';

function matrixHead(callers) {
  const cells = callers.map((caller) =>
    element(
      'th',
      { scope: 'col', role: 'columnheader', title: claimsOf(caller.token).name },
      avatar(caller),
      element('span', { class: 'column-name' }, caller.user),
    ),
  );
  const corner = element('th', { scope: 'col', role: 'columnheader', class: 'corner' }, 'Route');
  return element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, corner, ...cells));
}

function matrixRow(route, callers) {
  const head = { scope: 'row', role: 'rowheader' };
  const method = element('span', { class: 'method', 'data-method': route.method }, route.method);
  const cells = callers.map((caller) =>
    element(
      'td',
      { role: 'cell', 'data-user': caller.user },
      element('span', { class: 'dot' }, '·'),
    ),
  );
  return element(
    'tr',
    { role: 'row', 'data-row': `${route.method} ${route.path}` },
    element('th', head, method, element('span', { class: 'path' }, route.path)),
    ...cells,
  );
}

export function drawMatrix(callers) {
  const rows = ROUTES.map((route) => matrixRow(route, callers));
  byId('matrix').setAttribute('role', 'table');
  byId('matrix').setAttribute('aria-labelledby', 'overview-title');
  byId('matrix').replaceChildren(
    matrixHead(callers),
    element('tbody', { role: 'rowgroup' }, ...rows),
  );
  return rows;
}

function matrixCell(result) {
  const { caller, route, status, answer } = result;
  const why = answer?.code ? ` ${answer.code}` : '';
  const title = `${caller.user}, ${route.method} ${route.path}: ${status}${why}`;
  const attributes = { type: 'button', class: 'chip', 'data-kind': kindOf(status), title };
  const button = element('button', { ...attributes, 'aria-label': title }, String(status));
  button.addEventListener('click', () => {
    byId(`user-${caller.user}`).checked = true;
    show(result);
    byId('answer').scrollIntoView({ block: 'nearest' });
    byId('answer').focus({ preventScroll: true });
  });
  return button;
}

function summaryOf(results) {
  const count = (kind) => results.filter(({ status }) => kindOf(status) === kind).length;
  return (
    `${results.length} requests: ${count('ok')} let in, ${count('unknown')} unknown, ` +
    `${count('denied')} not allowed, ${count('absent')} not found. Press a cell for its answer.`
  );
}

async function tryAll() {
  byId('summary').textContent = 'Asking…';
  const callers = await callersNow();
  const rows = drawMatrix(callers);
  const results = [];
  for (const [index, route] of ROUTES.entries()) {
    const answers = await Promise.all(callers.map((caller) => ask(caller, route)));
    const cells = rows[index].querySelectorAll('td');
    answers.forEach((result, column) => cells[column].replaceChildren(matrixCell(result)));
    results.push(...answers);
  }
  byId('summary').textContent = summaryOf(results);
}

export async function fillMatrix() {
  const button = byId('try-all');
  button.disabled = true;
  try {
    await tryAll();
  } catch (error) {
    byId('summary').textContent = `The clinic could not be reached: ${error.message}`;
  } finally {
    button.disabled = false;
    button.focus();
  }
}
