import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { receive, startPinned } from '../shared/processes.mjs';
import { servicesCpu } from './services-cpu.mjs';

/** A contender that runs in a process of its own, with the people that it knows. */
export class Contender {
  constructor(name, module, child, { url, paths, people }) {
    this.name = name;
    this.module = module;
    this.child = child;
    this.url = url;
    this.paths = paths;
    this.people = people;
  }

  /** @param settings its storage, and how many `people` it is to know */
  static async start({ name, module }, settings) {
    const url = pathToFileURL(resolve(import.meta.dirname, module)).href;
    const child = startPinned('platform/serve.mjs', [url, JSON.stringify(settings)]);
    return new Contender(name, module, child, await receive(child));
  }

  async usage() {
    this.child.send('usage');
    return { ...(await receive(this.child)), servicesMicros: servicesCpu() };
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
