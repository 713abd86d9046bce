import { Agent, request as send } from 'node:http';

const shared = new Agent({ keepAlive: true });

/** A connection of somebody's own. */
export function ownConnection() {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** One request, and the JSON that answers it. Anything but 200 is an error. */
export function ask(url, request, agent = shared) {
  const { path, method = 'GET', headers = {}, body = '' } = request;
  return new Promise((resolve, reject) => {
    const size = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {};
    const sent = send(new URL(path, url), { agent, method, headers: { ...headers, ...size } });
    sent.once('error', (error) => {
      // The server closed an idle connection, and had not read this (RFC 9112, section 9.3.1).
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET';
      if (isStale) resolve(ask(url, request, agent));
      else reject(error);
    });
    sent.once('response', (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 200)}`));
      });
    });
    sent.end(body);
  });
}
