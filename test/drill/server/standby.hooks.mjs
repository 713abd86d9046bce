// `node --import <this file> main.js`: reads the code of the server, and starts it when it is told to.
import 'reflect-metadata';
import { once } from 'node:events';

await import('../../../apps/auth-server/dist/server.js');
await once(process, 'message');
process.disconnect();
