import 'reflect-metadata';
import { CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, Inject, Module, Param, Post, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CachedFor,
  PatronusModule,
  TenantCache,
  TenantCacheInterceptor,
  TenantContext,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { faultFor } from './faults.mjs';

/**
 * A clinic over PostgreSQL.
 *
 * @param ownWhere whether its statements name the tenant themselves
 * @param role the role of its transactions; undefined is the superuser, whom no policy binds
 * @param log hears of `[tenant, text]`
 */
export async function startClinic({ issuer, pool, role, ownWhere, log }) {
  const where = ownWhere ? 'where tenant_id = $1' : 'where $1::text is not null';

  class PatientsController {
    constructor(database, tenant, cache) {
      Object.assign(this, { database, tenant, cache });
    }
    async list() {
      return this.database.transaction(async (client) => {
        await faultFor(client, this.tenant.id);
        const { rows } = await client.query(`select id, name from patients ${where}`, [
          this.tenant.id,
        ]);
        log(this.tenant.id, rows[0]?.name ?? '');
        return rows.slice(0, 50);
      });
    }
    async find(id) {
      const { rows } = await this.database.query(
        `select id, name from patients ${where} and id = $2`,
        [this.tenant.id, id],
      );
      if (rows.length === 0) return { found: false };
      log(this.tenant.id, rows[0].name);
      return rows[0];
    }
    async rename(id) {
      return this.database.transaction(async (client) => {
        const { rows } = await client.query(
          `update patients set name = name ${where} and id = $2 returning id, name`,
          [this.tenant.id, id],
        );
        await faultFor(client, this.tenant.id);
        return rows;
      });
    }
    async cached() {
      return this.cache.wrap('first', async () => {
        const { rows } = await this.database.query(`select name from patients ${where} limit 1`, [
          this.tenant.id,
        ]);
        return rows;
      });
    }
    async answer() {
      const { rows } = await this.database.query(`select name from patients ${where} limit 1`, [
        this.tenant.id,
      ]);
      return rows;
    }
  }
  const decorate = (name, ...decorators) => {
    const method = Object.getOwnPropertyDescriptor(PatientsController.prototype, name);
    for (const decorator of decorators) decorator(PatientsController.prototype, name, method);
  };
  decorate('list', Get());
  decorate('cached', Get('cached'));
  decorate('answer', Get('answer'), CachedFor('tenant'), UseInterceptors(TenantCacheInterceptor));
  decorate('find', Get(':id'));
  decorate('rename', Post(':id'));
  for (const name of ['find', 'rename']) Param('id')(PatientsController.prototype, name, 0);
  for (const [index, token] of [TenantDatabase, TenantContext, TenantCache].entries()) {
    Inject(token)(PatientsController, undefined, index);
  }
  Controller('patients')(PatientsController);

  class ClinicModule {}
  Module({
    imports: [
      CacheModule.register({ ttl: 2000 }),
      PatronusModule.forRoot({
        identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
        tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
      }),
    ],
    controllers: [PatientsController],
    providers: [
      TenantCache,
      {
        provide: TenantDatabase,
        inject: [TenantContext],
        useFactory: (tenant) => new TenantDatabase(pool, tenant, { role }),
      },
    ],
  })(ClinicModule);
  const app = await NestFactory.create(ClinicModule, { logger: loggerTo(log) });
  await app.listen(0, '127.0.0.1');
  return { url: `${await app.getUrl()}/patients`, close: () => app.close() };
}

/** Lines of Nest itself belong to no tenant, so none of them may show a tenant's data. */
function loggerTo(log) {
  const write = (...parts) => log(null, parts.map(textOf).join(' '));
  return { log() {}, debug() {}, verbose() {}, warn: write, error: write, fatal: write };
}

function textOf(part) {
  return part instanceof Error ? `${part.message} ${part.stack}` : String(part);
}
