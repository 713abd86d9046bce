// Starts a contender once and tells what that took: `start-once.mjs <module> <settings as JSON>`.
import { reportUsage } from '../../shared/usage.mjs';

const [module, settings] = process.argv.slice(2);
const { start } = await import(module);
const { app } = await start(JSON.parse(settings));
await app.listen(0, '127.0.0.1');
const milliseconds = performance.now();
process.send({ milliseconds, ...reportUsage() }, () => process.exit(0));
