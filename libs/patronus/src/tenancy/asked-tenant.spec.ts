import { describe, expect, it } from '@jest/globals';
import { AskedTenant } from './asked-tenant.js';

const everywhere = new AskedTenant({
  header: 'X-Empresa-Id',
  host: '{tenant}.Clinics.example',
  path: 'empresaId',
});

describe('the tenant that a request asks for', () => {
  it.each([
    ['the header', { headers: { 'x-empresa-id': 'norte' } }],
    ['the host', { headers: { host: 'norte.clinics.example' } }],
    ['the host with a port', { headers: { host: 'norte.clinics.example:8080' } }],
    ['the host in capitals', { headers: { host: 'NORTE.CLINICS.example' } }],
    ['the authority of HTTP/2', { headers: { ':authority': 'norte.clinics.example' } }],
    [
      'the authority beside another host',
      { headers: { ':authority': 'norte.clinics.example', host: 'sur.clinics.example' } },
    ],
    [
      'the host beside an empty header and an empty parameter',
      {
        headers: { 'x-empresa-id': '', host: 'norte.clinics.example' },
        params: { empresaId: '' },
      },
    ],
    ['the path', { headers: {}, params: { empresaId: 'norte' } }],
    ['a wildcard of the path', { headers: {}, params: { empresaId: ['norte'] } }],
    [
      'all of them',
      {
        headers: { 'x-empresa-id': 'norte', host: 'norte.clinics.example' },
        params: { empresaId: 'norte' },
      },
    ],
  ])('stands in %s', (_place, request) => {
    expect(everywhere.in(request)).toBe('norte');
  });

  it.each([
    ['nothing at all', { headers: {} }],
    ['another header', { headers: { 'x-empresa': 'norte' } }],
    ['an empty header', { headers: { 'x-empresa-id': '' } }],
    ['an empty parameter', { headers: {}, params: { empresaId: '' } }],
    ['another parameter', { headers: {}, params: { id: 'norte' } }],
    ['a parameter that was left out', { headers: {}, params: { empresaId: undefined } }],
    ['an inherited parameter', { headers: {}, params: Object.create({ empresaId: 'norte' }) }],
    ['no parameters', { headers: {}, params: null }],
    ['the bare domain', { headers: { host: 'clinics.example' } }],
    ['two labels', { headers: { host: 'a.norte.clinics.example' } }],
    ['no label', { headers: { host: '.clinics.example' } }],
    ['a longer domain', { headers: { host: 'norte.clinics.example.evil.example' } }],
    ['a dot that is none', { headers: { host: 'norte.clinicsxexample' } }],
    ['a label of 64', { headers: { host: `${'a'.repeat(64)}.clinics.example` } }],
    ['a port that is none', { headers: { host: 'norte.clinics.example:x' } }],
    ['userinfo', { headers: { host: 'sur@norte.clinics.example' } }],
  ])('is none in %s', (_what, request) => {
    expect(everywhere.in(request)).toBeUndefined();
  });

  it.each([
    ['header and host', { headers: { 'x-empresa-id': 'norte', host: 'sur.clinics.example' } }],
    ['header and path', { headers: { 'x-empresa-id': 'norte' }, params: { empresaId: 'sur' } }],
    ['host and path', { headers: { host: 'norte.clinics.example' }, params: { empresaId: 'sur' } }],
  ])('is not one of two: %s', (_places, request) => {
    expect(() => everywhere.in(request)).toThrow(
      expect.objectContaining({ code: 'tenant_mismatch' }),
    );
  });

  it('is all of a header that was sent twice, and of a wildcard with two parts', () => {
    expect(everywhere.in({ headers: { 'x-empresa-id': ['norte', 'sur'] } })).toBe('norte, sur');
    expect(everywhere.in({ headers: {}, params: { empresaId: ['norte', 'sur'] } })).toBe(
      'norte/sur',
    );
  });

  it('is looked for in the configured places only', () => {
    const nowhere = new AskedTenant({});
    const headers = { undefined: 'norte', host: 'norte.clinics.example' };
    expect(nowhere.in({ headers, params: { undefined: 'norte' } })).toBeUndefined();
    const deep = new AskedTenant({ host: 'app.{tenant}.clinics.example' });
    expect(deep.in({ headers: { host: 'app.norte.clinics.example' } })).toBe('norte');
    expect(deep.in({ headers: { host: 'norte.clinics.example' } })).toBeUndefined();
  });

  it.each([
    [{ header: '' }, 'tenancy.header'],
    [{ header: 'x empresa' }, 'tenancy.header'],
    [{ header: 'x-empresa:' }, 'tenancy.header'],
    [{ header: null }, 'tenancy.header'],
    [{ host: '' }, 'tenancy.host'],
    [{ host: 'clinics.example' }, 'tenancy.host'],
    [{ host: '{tenant}' }, 'tenancy.host'],
    [{ host: '{tenant}.clinics.example:8080' }, 'tenancy.host'],
    [{ host: 'https://{tenant}.clinics.example' }, 'tenancy.host'],
    [{ host: '{tenant}-app.clinics.example' }, 'tenancy.host'],
    [{ host: '{tenant}.{tenant}.example' }, 'tenancy.host'],
    [{ host: '{tenant}.clinics.*' }, 'tenancy.host'],
    [{ host: 42 }, 'tenancy.host'],
    [{ path: '' }, 'tenancy.path'],
    [{ path: ':empresaId' }, 'tenancy.path'],
    [{ path: '/empresas/:empresaId' }, 'tenancy.path'],
    [{ path: 42 }, 'tenancy.path'],
  ])('is not looked for in %j: refused at start', (options, path) => {
    expect(() => Reflect.construct(AskedTenant, [options])).toThrow(
      expect.objectContaining({ path }),
    );
  });
});
