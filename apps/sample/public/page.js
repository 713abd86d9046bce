import { fail, revealAnswer, show } from './answer.js';
import { callersNow, fetchCallers, NOBODY, personCard } from './callers.js';
import { byId, element } from './element.js';
import { drawMatrix, fillMatrix } from './matrix.js';
import { ask } from './request.js';
import { ROUTES } from './routes.js';

async function press(route) {
  const user = new FormData(byId('request')).get('user');
  const callers = await callersNow();
  show(await ask(callers.find((caller) => caller.user === user) ?? NOBODY, route));
  revealAnswer();
}

function routeButton(route) {
  const button = element(
    'button',
    { type: 'button', 'data-route': `${route.method} ${route.path}` },
    element('span', { class: 'method', 'data-method': route.method }, route.method),
    element('span', { class: 'path' }, route.path),
    element('span', { class: 'needs' }, route.needs),
  );
  button.addEventListener('click', () => {
    press(route).catch(fail);
  });
  return element('li', {}, button);
}

async function start() {
  const callers = await fetchCallers('/demo/tokens');
  byId('people').replaceChildren(...callers.map(personCard));
  byId('user-receptionist').checked = true;
  byId('routes').replaceChildren(...ROUTES.map(routeButton));
  byId('request').addEventListener('submit', (event) => event.preventDefault());
  byId('try-all').addEventListener('click', () => {
    fillMatrix().catch(fail);
  });
  drawMatrix(callers);
}

start().catch(fail);
