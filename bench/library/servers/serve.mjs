// One contender in a process of its own: `serve.mjs <module> <settings as JSON>`.
import { once } from 'node:events';
import { reportUsage } from '../../shared/usage.mjs';

const [module, settings] = process.argv.slice(2);
const { start } = await import(module);
const { app, headers, counters } = await start(JSON.parse(settings));
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();

process.on('message', () => process.send(reportUsage(counters?.())));
process.send({ url: `http://127.0.0.1:${port}`, headers });
await once(process, 'disconnect');
process.exit(0);
