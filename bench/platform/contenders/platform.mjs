import { createServer } from '../../../apps/auth-server/dist/server.js';
import { openDatabase } from '../../../apps/auth-server/dist/operation/database/open-database.js';
import { readSettings } from '../../../apps/auth-server/dist/operation/settings/server-settings.js';
import { CLIENTS, RESOURCE } from '../clients.mjs';
import { freePort } from '../../../test/environment/free-port.mjs';
import { makePeople } from './platform-people.mjs';

const PATHS = {
  token: '/oauth/token',
  introspection: '/oauth/introspect',
  userinfo: '/oauth/userinfo',
  login: '/api/v1/auth/login',
};

/** The platform as it starts in production, save that limits and the log are off, and its tokens live for an hour. */
export async function start({ people = 0, ...storage }) {
  const port = await freePort();
  const settings = readSettings({
    PORT: String(port),
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'fatal',
    ACCESS_TOKEN_TTL: '3600',
    CLIENTS: JSON.stringify(CLIENTS),
    RESOURCE_SERVERS: JSON.stringify([{ identifier: RESOURCE, scopes: ['read'] }]),
    PATRONUS_SERVER_DATA: storage.folder,
    DATABASE_URL: storage.databaseUrl ?? '',
    REDIS_URL: storage.redisUrl ?? '',
    REDIS_PREFIX: storage.redisPrefix ?? '',
    MASTER_KEY: storage.masterKey ?? '',
  });
  const app = await createServer({ settings, database: await openDatabase(settings) });
  await app.listen(port, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    paths: PATHS,
    people: await makePeople(app, people),
    close: () => app.close(),
  };
}
