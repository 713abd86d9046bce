import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { receive, startPinned } from '../shared/processes.mjs';

/** A contender that runs in a process of its own and can be asked what it has used. */
export class Server {
  constructor(module, child, { url, headers }) {
    this.module = module;
    this.child = child;
    this.url = `${url}/patients`;
    this.headers = headers;
  }

  static async start(module, settings, options) {
    const url = pathToFileURL(join(import.meta.dirname, module)).href;
    const child = startPinned(
      'library/servers/serve.mjs',
      [url, JSON.stringify(settings)],
      options,
    );
    return new Server(module, child, await receive(child));
  }

  /** Checks that the server answers a caller, and refuses one without a credential where it must. */
  async probe({ headers, guarded }) {
    const answer = await fetch(this.url, { headers: this.headers ?? headers });
    const refusal = await fetch(this.url);
    await Promise.all([answer.text(), refusal.text()]);
    if (answer.status !== 200) throw new Error(`${this.module} answers ${answer.status}`);
    if (guarded && refusal.status === 200) throw new Error(`${this.module} guards nothing`);
  }

  usage() {
    this.child.send('usage');
    return receive(this.child);
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
