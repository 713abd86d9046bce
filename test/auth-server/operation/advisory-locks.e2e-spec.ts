import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { FirstAdministratorService } from '../../../apps/auth-server/src/sign-in/setup/first-administrator.service.js';
import { ADVISORY_LOCKS } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { DataKeys } from '../../../apps/auth-server/src/operation/crypto/data-keys.js';
import { DeclaredClients } from '../../../apps/auth-server/src/oauth/clients/declared-clients.js';
import { DeclaredResourceServers } from '../../../apps/auth-server/src/oauth/resource-servers/resource-servers.service.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';
import { waitingIn } from '../support/waiting-in.js';

type Held = [keyof typeof ADVISORY_LOCKS, (app: INestApplication) => Promise<unknown>];

const HELD: readonly Held[] = [
  ['dataKeys', (app) => app.get(DataKeys, { strict: false }).maintain()],
  ['firstAdministrator', (app) => app.get(FirstAdministratorService, { strict: false }).link()],
  ['declaredClients', (app) => app.get(DeclaredClients, { strict: false }).onModuleInit()],
  [
    'declaredResourceServers',
    (app) => app.get(DeclaredResourceServers, { strict: false }).onModuleInit(),
  ],
];

// An embedded database has one process, and runs one statement at a time.
const onServers = STORAGES.includes('embedded') ? describe.skip : describe;

onServers('instances in turn', () => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage: 'PostgreSQL + Redis' });
    db = bed.app.get(PlatformDatabase, { strict: false }).db;
  });
  afterAll(() => bed.close());

  it.each(HELD)('hold the lock %s', async (name, act) => {
    let settled = false;
    const { done } = await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS[name]})`);
      const acted = act(bed.app).finally(() => (settled = true));
      await until(true, async () => settled || (await waitingIn(db)) > 0);
      expect(settled).toBe(false);
      return { done: acted };
    });
    await done;
  });
});
