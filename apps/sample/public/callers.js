import { byId, element } from './element.js';

export const NOBODY = { user: 'nobody', tenant: null, roles: [], token: null };

export function claimsOf(token) {
  if (token === null) return { name: 'Nobody' };
  const base64 = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Reverses the signature of a token, which stays well-formed but becomes invalid. */
function altered(token) {
  const [header, payload, signature] = token.split('.');
  const turned = Array.from(signature.slice(0, -1)).toReversed().join('');
  return [header, payload, `${turned}A`].join('.');
}

export async function fetchCallers(path) {
  const response = await fetch(path);
  const people = await response.json();
  return [NOBODY, ...people.map((one) => ({ ...one, name: claimsOf(one.token).name }))];
}

/** Returns the callers with the kind of token that the form selects. Fresh tokens are fetched each time. */
export async function callersNow() {
  const condition = new FormData(byId('request')).get('token');
  if (condition === 'expired') return fetchCallers('/demo/tokens/expired');
  const callers = await fetchCallers('/demo/tokens');
  if (condition === 'fresh') return callers;
  return callers.map((one) => (one.token ? { ...one, token: altered(one.token) } : one));
}

const initialsOf = (name) =>
  name
    .split(' ')
    .map((word) => word[0])
    .join('');

export function avatar(caller) {
  const tenant = caller.tenant ?? (caller.token ? 'none' : 'nobody');
  const text = caller.token ? initialsOf(claimsOf(caller.token).name) : '?';
  return element('span', { class: 'avatar', 'data-tenant': tenant, 'aria-hidden': 'true' }, text);
}

export function personCard(caller) {
  const { name } = claimsOf(caller.token);
  const choice = { type: 'radio', name: 'user', value: caller.user, id: `user-${caller.user}` };
  const role = caller.token ? caller.roles.join(', ') : 'no token at all';
  const place = caller.tenant ?? (caller.token ? 'no clinic' : '');
  const words = element('span', { class: 'person-words' }, element('b', {}, name));
  words.append(element('small', {}, role), element('small', { class: 'place' }, place));
  return element('label', { class: 'person' }, element('input', choice), avatar(caller), words);
}
