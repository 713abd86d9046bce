import { byId } from './element.js';

function headersFor(caller, route) {
  const tenant = new FormData(byId('request')).get('tenant');
  return {
    ...(caller.token && { Authorization: `Bearer ${caller.token}` }),
    ...(tenant && { 'x-empresa-id': tenant }),
    ...(route.body && { 'Content-Type': 'application/json' }),
  };
}

export async function ask(caller, route) {
  const headers = headersFor(caller, route);
  const body = route.body && JSON.stringify(route.body);
  const credentials = caller.hasCookie ? 'same-origin' : 'omit';
  const response = await fetch(route.path, { method: route.method, headers, body, credentials });
  const text = await response.text();
  return {
    caller,
    route,
    headers,
    body,
    status: response.status,
    challenge: response.headers.get('WWW-Authenticate'),
    answer: text === '' ? null : JSON.parse(text),
  };
}

export function kindOf(status) {
  if (status < 300) return 'ok';
  return { 401: 'unknown', 403: 'denied', 404: 'absent' }[status] ?? 'other';
}

/** Quotes a text as one word of a POSIX shell. */
function quote(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function curlOf({ route, headers, body }) {
  const parts = ['curl -i'];
  if (route.method !== 'GET') parts.push(`-X ${route.method}`);
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quote(`${name}: ${value}`));
  if (body) parts.push('-d', quote(body));
  return [...parts, location.origin + route.path].join(' ');
}
