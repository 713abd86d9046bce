import { describe, expect, it } from '@jest/globals';
import { expectIsolated } from '@patronus/nestjs/testing';
import { CLINICS, ClinicUnderTest } from '../support/clinic-under-test.js';

describe.each(CLINICS)('every route of the clinic, on %s with %s', (adapter, database) => {
  it('keeps the two clinics apart', async () => {
    const clinic = await ClinicUnderTest.start(adapter, database);
    const admin = async (tenant: string) => ({
      authorization: `Bearer ${await clinic.issuer.sign({
        iss: clinic.issuer.issuer,
        aud: clinic.issuer.audience,
        sub: `admin-of-${tenant}`,
        empresa_id: tenant,
        roles: ['tenant-admin'],
        exp: Math.floor(Date.now() / 1000) + 300,
      })}`,
    });
    try {
      const report = await expectIsolated(clinic.app, {
        tenants: [
          {
            id: 'clinica-norte',
            headers: await admin('clinica-norte'),
            marks: ['ana-ruiz', 'Bruno Díaz', 'norte-1', 'Rosa Marín'],
          },
          {
            id: 'clinica-sur',
            headers: await admin('clinica-sur'),
            marks: ['dario-vega', 'Elsa Prieto', 'sur-1', 'Olga Rey'],
          },
        ],
        routes: [
          { method: 'GET', path: '/patients' },
          {
            method: 'GET',
            path: '/patients/:id',
            params: { 'clinica-norte': { id: 'ana-ruiz' }, 'clinica-sur': { id: 'dario-vega' } },
          },
          { method: 'POST', path: '/patients', body: { name: 'Eva Sol', born: '1999-12-31' } },
          { method: 'GET', path: '/appointments' },
          {
            method: 'POST',
            path: '/appointments/:id/cancel',
            params: { 'clinica-norte': { id: 'norte-1' }, 'clinica-sur': { id: 'sur-1' } },
          },
          { method: 'GET', path: '/staff' },
          {
            method: 'DELETE',
            path: '/staff/:id',
            params: { 'clinica-norte': { id: 'rosa-marin' }, 'clinica-sur': { id: 'olga-rey' } },
          },
          { method: 'GET', path: '/me' },
          { method: 'GET', path: '/greeting' },
        ],
        except: {
          'GET /audit': 'shows every tenant, to those who may see the platform only',
          'GET /health': 'holds no data',
          'GET /': 'the page itself',
          'GET /page/:name': 'the files of the page',
          'GET /demo/tokens': 'the people of the demo',
          'GET /demo/tokens/expired': 'the people of the demo',
        },
        tenantHeader: 'x-empresa-id',
      });
      expect(report.routes).toBe(9);
    } finally {
      await clinic.close();
    }
  });
});
