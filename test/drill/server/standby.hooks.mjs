// `node --import <this file> main.js`: loads the code of the server, and starts it on request.
import 'reflect-metadata';
import { once } from 'node:events';

await import('../../../apps/auth-server/dist/server.js');
await once(process, 'message');
process.disconnect();
