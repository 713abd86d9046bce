import { fail } from './answer.js';
import { byId } from './element.js';
import { isSignedOut, problemOf } from './problems.js';
import { routeButtons } from './route-buttons.js';

const NOBODY = { name: null, token: null };

let visitor = NOBODY;

function chosen() {
  return new FormData(byId('request')).get('caller') === 'you' ? visitor : NOBODY;
}

function placeOf({ tenant, roles }) {
  return tenant === null
    ? 'and belong to no clinic, or to several of which the header chooses one'
    : `as ${roles.join(', ')} of ${tenant}`;
}

function showVisitor(person, offer) {
  byId('person').textContent = person
    ? `You are signed in as ${person.name ?? person.email ?? person.id}, ${placeOf(person)}.`
    : 'You are not signed in.';
  byId('newcomers').textContent =
    `For development: who signs in for the first time becomes ${offer.newcomers}.`;
  byId('newcomers').hidden = offer.newcomers === null;
  byId('sign-in').href = offer.url;
  byId('sign-in').hidden = person !== null;
  byId('sign-out').hidden = person === null;
}

/** Signs out, and continues at the issuer, where the session also ends. */
async function signOut() {
  const response = await fetch('/sign-out', { method: 'POST' });
  if (!response.ok) throw new Error(`the answer to signing out is ${response.status}`);
  const { next } = await response.json();
  location.assign(next);
}

/** Shows how the last sign-in or sign-out ended. The way on is the button below. */
function showOutcome() {
  const sentence = problemOf(location.search);
  byId('problem').textContent = sentence ?? '';
  byId('problem').hidden = sentence === undefined;
  byId('done').hidden = !isSignedOut(location.search);
  history.replaceState(null, '', '/');
}

async function start() {
  showOutcome();
  byId('routes').replaceChildren(...routeButtons(chosen));
  byId('request').addEventListener('submit', (event) => event.preventDefault());
  byId('sign-out').addEventListener('click', () => {
    signOut().catch(fail);
  });
  const [me, offer] = await Promise.all([fetch('/me'), fetch('/sign-in/offer')]);
  const person = me.ok ? await me.json() : null;
  visitor = { name: person?.name ?? 'You', token: null, hasCookie: true };
  showVisitor(person, await offer.json());
}

start().catch(fail);
