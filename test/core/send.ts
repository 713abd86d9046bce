import { request } from 'node:http';
import type { ListeningApp } from './listening-app.js';

/** Parts of a request; header names may repeat. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Sends a request with exactly these headers, and `Host` and no body. */
export function send(
  on: ListeningApp,
  { method = 'GET', path = '/notes', headers = [] }: Sent,
): Promise<{ status: number; body: unknown }> {
  const { host } = new URL(on.url);
  const lines = [['Host', host] as const, ['Content-Length', '0'] as const, ...headers].flat();
  return new Promise((resolve, reject) => {
    request(`${on.url}${path}`, { method, headers: lines, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
        resolve({ status: answer.statusCode ?? 0, body });
      });
    })
      .on('error', reject)
      .end();
  });
}
