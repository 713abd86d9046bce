import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { asUser, patronusMatchers, type TestUser } from '@patronus/nestjs/testing';
import request from 'supertest';
import { ADAPTERS } from '../core/adapters.js';
import { startClinic } from './clinic-under-test.js';

expect.extend(patronusMatchers);

describe.each(ADAPTERS)('asUser() on %s', (_name, adapter) => {
  let app: INestApplication;

  beforeAll(async () => {
    app = await startClinic(adapter());
  });

  afterAll(() => app.close());

  const get = (path: string, user?: TestUser) =>
    request(app.getHttpServer())
      .get(path)
      .set(user === undefined ? {} : asUser(user));

  it('makes a request one of that user, in that tenant', async () => {
    const answer = await get('/patients', {
      id: 'ana',
      tenantId: 'norte',
      permissions: ['patients.read'],
    });
    expect(answer).toBeAllowed();
    expect(answer.body).toEqual({ tenant: 'norte', reader: 'ana' });
  });

  it.each([
    ['nobody', undefined, 'token_missing'],
    ['without a permission', { tenantId: 'norte' }, 'permission_denied'],
    ['without a tenant', { permissions: ['patients.read'] }, 'tenant_required'],
    [
      'with a platform permission instead',
      { tenantId: 'norte', platformPermissions: ['patients.read'] },
      'permission_denied',
    ],
    [
      'whose time is over',
      { tenantId: 'norte', permissions: ['patients.read'], expiresAt: 1_700_000_000 },
      'token_expired',
    ],
    [
      'with a wildcard, which no token may hold here',
      { tenantId: 'norte', permissions: ['patients.*'] },
      'permission_denied',
    ],
  ] as const)('lets nobody in %s', async (_what, user, code) => {
    expect(await get('/patients', user)).toBeDeniedWith(code);
  });

  it('sends roles through the role map of the application', async () => {
    expect(await get('/patients', { tenantId: 'norte', roles: ['doctor'] })).toBeAllowed();
    expect(await get('/patients', { tenantId: 'norte', roles: ['porter'] })).toBeDeniedWith(
      'permission_denied',
    );
  });

  it('gives scopes, and permissions over the whole system', async () => {
    const doctor = { tenantId: 'norte', roles: ['doctor'] };
    expect(await get('/patients/export', { ...doctor, scopes: ['bulk'] })).toBeAllowed();
    expect(await get('/patients/export', doctor)).toBeDeniedWith('scope_denied');
    expect(await get('/audit', { platformPermissions: ['audit.read'] })).toBeAllowed();
    expect(await get('/audit', { permissions: ['audit.read'] })).toBeDenied();
  });

  it('leaves the tenant header to be cross-checked', async () => {
    const doctor = { tenantId: 'norte', roles: ['doctor'] };
    expect(await get('/patients', doctor).set('x-empresa-id', 'norte')).toBeAllowed();
    expect(await get('/patients', doctor).set('x-empresa-id', 'sur')).toBeDeniedWith(
      'tenant_mismatch',
    );
  });

  it('works with fetch', async () => {
    const url = `${await app.getUrl()}/patients`;
    const headers = asUser({ tenantId: 'norte', roles: ['receptionist'] });
    const allowed = await fetch(url, { headers });
    await expect(allowed).toBeAllowed();
    expect(await allowed.json()).toMatchObject({ tenant: 'norte' });
    await expect(await fetch(url, { headers: asUser({ tenantId: 'norte' }) })).toBeDenied();
  });
});

describe('asUser() in inject() of Fastify', () => {
  it('is what headers takes', async () => {
    const adapter = new FastifyAdapter();
    const app = await startClinic(adapter);
    const inject = (user: TestUser) => adapter.inject({ url: '/patients', headers: asUser(user) });
    expect(await inject({ tenantId: 'norte', roles: ['doctor'] })).toBeAllowed();
    expect(await inject({ tenantId: 'norte' })).toBeDeniedWith('permission_denied');
    await app.close();
  });
});
