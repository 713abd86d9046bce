// One contender in a process of its own: `serve.mjs <module> <settings as JSON>`.
import { once } from 'node:events';
import { reportUsage } from '../shared/usage.mjs';

const [module, settings] = process.argv.slice(2);
const { start } = await import(module);
const { url, paths, people, close } = await start(JSON.parse(settings));

process.on('message', () => process.send(reportUsage()));
process.send({ url, paths, people });
await once(process, 'disconnect');
await close?.();
process.exit(0);
