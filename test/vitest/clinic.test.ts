import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { IdentityProvider } from '@patronus/nestjs';
import { asUser, expectIsolated, mockIdentity } from '@patronus/nestjs/testing';
import '@patronus/nestjs/testing/vitest';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClinicModule } from './clinic.module.js';

describe('the clinic under Vitest', () => {
  let app: INestApplication;

  beforeEach(async () => {
    const module = await Test.createTestingModule({ imports: [ClinicModule] })
      .overrideProvider(IdentityProvider)
      .useValue(mockIdentity({ tenantClaim: 'empresa_id' }))
      .compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
  });

  afterEach(() => app.close());

  it('shows the patients of a tenant to who may read them', async () => {
    const ask = request(app.getHttpServer()).get('/patients');
    const answer = await ask.set(asUser({ tenantId: 'norte', permissions: ['patients.read'] }));
    expect(answer).toBeAllowed();
    expect(answer.body).toEqual([{ id: 'p-1', name: 'Ana Ruiz' }]);
  });

  it('refuses everybody else', async () => {
    const ask = () => request(app.getHttpServer()).get('/patients');
    expect(await ask()).toBeDeniedWith('token_missing');
    expect(await ask().set(asUser({ tenantId: 'norte' }))).toBeDeniedWith('permission_denied');
    expect(await ask().set(asUser({ roles: ['doctor'] }))).toBeDeniedWith('tenant_required');
    const denied = await ask().set(asUser({ tenantId: 'norte' }));
    expect(() => expect(denied).toBeAllowed()).toThrow('an error permission_denied, decision');
  });

  it('is read with fetch, too', async () => {
    const url = `${await app.getUrl()}/patients/p-1`;
    const read = (tenantId: string) =>
      fetch(url, { headers: asUser({ tenantId, roles: ['receptionist'] }) });
    await expect(await read('norte')).toBeAllowed();
    await expect(await read('sur')).not.toBeAllowed();
    await expect(expect(await read('norte')).toBeDenied()).rejects.toThrow('status 200');
  });

  it('keeps its tenants apart', async () => {
    const headersOf = (tenantId: string) => asUser({ tenantId, roles: ['doctor'] });
    const report = await expectIsolated(app, {
      tenants: [
        { id: 'norte', headers: headersOf('norte'), params: { id: 'p-1' }, marks: ['Ana Ruiz'] },
        { id: 'sur', headers: headersOf('sur'), params: { id: 'p-9' }, marks: ['Elsa Prieto'] },
      ],
      routes: [
        { method: 'GET', path: '/patients' },
        { method: 'GET', path: '/patients/:id' },
        { method: 'POST', path: '/patients', body: { name: 'Eva Sol' } },
        { method: 'DELETE', path: '/patients/:id' },
      ],
      except: {},
      tenantHeader: 'x-empresa-id',
    });
    expect(report.routes).toBe(4);
  });
});
