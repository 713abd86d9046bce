import type { ListeningApp } from './listening-app.js';

/** Returns the answer that a caller with that bearer token gets. */
export async function ask(on: ListeningApp, path: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${on.url}/${path}`, { headers });
  const text = await answer.text();
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
  return { status: answer.status, body, challenge: answer.headers.get('www-authenticate') };
}
