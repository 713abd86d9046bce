import { fail } from './answer.js';
import { callersNow, fetchCallers, NOBODY, personCard } from './callers.js';
import { byId } from './element.js';
import { drawMatrix, fillMatrix } from './matrix.js';
import { routeButtons } from './route-buttons.js';

async function chosen() {
  const user = new FormData(byId('request')).get('user');
  const callers = await callersNow();
  return callers.find((caller) => caller.user === user) ?? NOBODY;
}

async function start() {
  const callers = await fetchCallers('/demo/tokens');
  byId('people').replaceChildren(...callers.map(personCard));
  byId('user-receptionist').checked = true;
  byId('routes').replaceChildren(...routeButtons(chosen));
  byId('request').addEventListener('submit', (event) => event.preventDefault());
  byId('try-all').addEventListener('click', () => {
    fillMatrix().catch(fail);
  });
  drawMatrix(callers);
}

start().catch(fail);
