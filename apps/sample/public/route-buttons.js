import { fail, revealAnswer, show } from './answer.js';
import { element } from './element.js';
import { ask } from './request.js';
import { ROUTES } from './routes.js';

/** Creates a button for each route, which sends a request as the current `caller`. */
export function routeButtons(caller) {
  const press = async (route) => {
    show(await ask(await caller(), route));
    revealAnswer();
  };
  return ROUTES.map((route) => {
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
  });
}
