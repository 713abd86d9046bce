import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createClinic } from '../../../apps/sample/src/create-clinic.js';
import { DemoIssuer } from '../../../apps/sample/src/demo/demo-issuer.js';
import { DEMO_USERS, type DemoUser } from '../../../apps/sample/src/demo/demo-user.js';
import { DATABASES, type DatabaseName, openStorageOn } from './storage-under-test.js';

export type AdapterName = 'Express' | 'Fastify';

export const ADAPTERS: readonly AdapterName[] = ['Express', 'Fastify'];

/** Every adapter on every database. */
export const CLINICS: readonly (readonly [AdapterName, DatabaseName])[] = DATABASES.flatMap(
  (database) => ADAPTERS.map((adapter) => [adapter, database] as const),
);

export function adapterFor(name: AdapterName): AbstractHttpAdapter {
  return name === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
}

/** Complete sample on a free port, with its issuer. */
export class ClinicUnderTest {
  private constructor(
    readonly app: INestApplication,
    readonly port: number,
    readonly issuer: DemoIssuer,
    private readonly clear: () => Promise<void>,
  ) {}

  static async start(
    adapter: AdapterName,
    database: DatabaseName = 'PGlite',
  ): Promise<ClinicUnderTest> {
    const { storage, clear } = await openStorageOn(database);
    const app = await createClinic({ storage, adapter: adapterFor(adapter), logger: false });
    const port = await listenOnFreePort(app);
    return new ClinicUnderTest(app, port, app.get(DemoIssuer, { strict: false }), clear);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.clear();
  }
}

export async function listenOnFreePort(app: INestApplication): Promise<number> {
  await app.listen(0, '127.0.0.1');
  const server: Server = app.getHttpServer();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not on a port');
  return address.port;
}

export function demoUser(name: string): DemoUser {
  const found = DEMO_USERS.find(({ user }) => user === name);
  if (!found) throw new Error(`no demo user is called ${name}`);
  return found;
}
