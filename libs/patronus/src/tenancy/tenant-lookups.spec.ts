import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import { ClaimedMemberships } from './claimed-memberships.js';
import { Memberships } from './memberships.js';
import { TenantDirectory, type TenantStatus } from './tenant-directory.js';
import { directoryOf, membershipsOf, TenantLookups } from './tenant-lookups.js';

class Asked extends Memberships {
  readonly tenantsOf = jest.fn(async ({ id }: Identity): Promise<readonly string[]> => [id]);
}

class Clinics extends TenantDirectory {
  readonly find = jest.fn(async (id: string): Promise<TenantStatus | undefined> => {
    if (id === 'ghost') return undefined;
    return id === 'closed' ? 'disabled' : 'active';
  });
}

function identity(id: string, claims: Record<string, unknown> = {}, issuer = 'i'): Identity {
  return new Identity({ id, issuer, provider: 'p', expiresAt: 1, claims });
}

afterEach(() => void jest.restoreAllMocks());

describe('the tenants of a caller', () => {
  it('are asked for once, however many want to know, and then known at once', async () => {
    const asked = new Asked();
    const lookups = new TenantLookups(asked, undefined);
    const asking = Array.from({ length: 100 }, async () => lookups.tenantsOf(identity('ana')));
    await Promise.all(asking);
    expect(lookups.tenantsOf(identity('ana'))).toEqual(new Set(['ana']));
    expect(asked.tenantsOf).toHaveBeenCalledTimes(1);
  });

  it('are those of the caller alone, and of its issuer', async () => {
    const asked = new Asked();
    asked.tenantsOf.mockImplementation(async ({ id, issuer }) => [`${issuer}-${id}`]);
    const lookups = new TenantLookups(asked, undefined);
    for (const [id, issuer] of [
      ['ana', 'one'],
      ['luis', 'one'],
      ['ana', 'two'],
    ] as const) {
      expect(await lookups.tenantsOf(identity(id, {}, issuer))).toEqual(
        new Set([`${issuer}-${id}`]),
      );
    }
  });

  it('are asked for anew after half a minute, and once they are forgotten', async () => {
    const asked = new Asked();
    const lookups = new TenantLookups(asked, undefined);
    const now = jest.spyOn(Date, 'now').mockReturnValue(0);
    await lookups.tenantsOf(identity('ana'));
    now.mockReturnValue(29_999);
    await lookups.tenantsOf(identity('ana'));
    expect(asked.tenantsOf).toHaveBeenCalledTimes(1);
    now.mockReturnValue(30_000);
    await lookups.tenantsOf(identity('ana'));
    expect(asked.tenantsOf).toHaveBeenCalledTimes(2);
    lookups.forgetUser({ issuer: 'other', id: 'ana' });
    await lookups.tenantsOf(identity('ana'));
    expect(asked.tenantsOf).toHaveBeenCalledTimes(2);
    lookups.forgetUser({ issuer: 'i', id: 'ana' });
    await lookups.tenantsOf(identity('ana'));
    expect(asked.tenantsOf).toHaveBeenCalledTimes(3);
  });

  it.each([
    ['norte'],
    [['norte', 'a b']],
    [['norte', 7]],
    [{ 0: 'norte', length: 1 }],
    [null],
    [undefined],
  ])('are not guessed from %j, which is no list of ids', async (answer) => {
    const asked = new Asked();
    const lookups = new TenantLookups(asked, undefined);
    asked.tenantsOf.mockResolvedValueOnce(JSON.parse(JSON.stringify(answer ?? null)));
    await expect(lookups.tenantsOf(identity('ana'))).rejects.toMatchObject({
      code: 'provider_unavailable',
      retryAfter: 5,
      cause: expect.any(TypeError),
    });
    expect(await lookups.tenantsOf(identity('ana'))).toEqual(new Set(['ana']));
  });

  it('cannot be told where the question fails; an error of Patronus says so itself', async () => {
    const asked = new Asked();
    const lookups = new TenantLookups(asked, undefined);
    const cause = new Error('the database is away');
    asked.tenantsOf.mockRejectedValueOnce(cause);
    await expect(lookups.tenantsOf(identity('ana'))).rejects.toMatchObject({
      code: 'provider_unavailable',
      cause,
    });
    asked.tenantsOf.mockRejectedValueOnce(new PatronusError('token_revoked'));
    await expect(lookups.tenantsOf(identity('ana'))).rejects.toMatchObject({
      code: 'token_revoked',
    });
  });

  it('are read out of a claim at once, for each identity anew', () => {
    const lookups = new TenantLookups(new ClaimedMemberships('empresas'), undefined);
    const ana = identity('ana', { empresas: ['norte'] });
    expect(lookups.tenantsOf(ana)).toEqual(new Set(['norte']));
    expect(lookups.tenantsOf(ana)).toBe(lookups.tenantsOf(ana));
    expect(lookups.tenantsOf(identity('ana', { empresas: ['sur'] }))).toEqual(new Set(['sur']));
  });

  it('are none where nobody is asked', () => {
    const lookups = new TenantLookups(undefined, undefined);
    expect(lookups.hasMemberships).toBe(false);
    expect(lookups.tenantsOf(identity('ana'))).toEqual(new Set());
    expect(new TenantLookups(new Asked(), undefined).hasMemberships).toBe(true);
  });
});

describe('a tenant', () => {
  it('passes where it is active: at once, when that is known', async () => {
    const clinics = new Clinics();
    const lookups = new TenantLookups(undefined, clinics);
    expect(await lookups.requireActive('norte')).toBe('norte');
    expect(lookups.requireActive('norte')).toBe('norte');
    expect(clinics.find).toHaveBeenCalledTimes(1);
    lookups.forgetTenant('norte');
    await lookups.requireActive('norte');
    expect(clinics.find).toHaveBeenCalledTimes(2);
    expect(new TenantLookups(undefined, undefined).requireActive('norte')).toBe('norte');
  });

  it.each([
    ['closed', 'tenant_disabled'],
    ['ghost', 'tenant_unknown'],
  ] as const)('is refused where it is %s, cold and warm', async (id, code) => {
    const clinics = new Clinics();
    const lookups = new TenantLookups(undefined, clinics);
    await expect(lookups.requireActive(id)).rejects.toMatchObject({ code });
    expect(() => lookups.requireActive(id)).toThrow(expect.objectContaining({ code }));
    expect(clinics.find).toHaveBeenCalledTimes(1);
  });

  it.each([null, true, 'ACTIVE', { status: 'active' }])('is unknown for %j', async (status) => {
    const clinics = new Clinics();
    clinics.find.mockResolvedValueOnce(JSON.parse(JSON.stringify(status)));
    await expect(
      new TenantLookups(undefined, clinics).requireActive('norte'),
    ).rejects.toMatchObject({ code: 'tenant_unknown' });
  });

  it('is refused for now where the directory fails, which is not remembered', async () => {
    const clinics = new Clinics();
    const lookups = new TenantLookups(undefined, clinics);
    clinics.find.mockImplementationOnce(() => {
      throw new Error('the database is away');
    });
    await expect(lookups.requireActive('norte')).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    expect(await lookups.requireActive('norte')).toBe('norte');
  });
});

describe('whom the options name', () => {
  it('are memberships in a claim or of a class, and a directory of a class', () => {
    const [asked, clinics] = [new Asked(), new Clinics()];
    expect(membershipsOf(asked)).toBe(asked);
    expect(membershipsOf({ claim: 'empresas' })).toBeInstanceOf(ClaimedMemberships);
    expect(directoryOf(clinics)).toBe(clinics);
    expect([membershipsOf(undefined), directoryOf(undefined)]).toEqual([undefined, undefined]);
  });

  it.each([[{}], [{ claim: '' }], [{ claim: 7 }], ['empresas'], [{ useclass: Asked }]])(
    'are no memberships in %j',
    (option) => {
      expect(() => Reflect.apply(membershipsOf, undefined, [option])).toThrow(
        expect.objectContaining({ path: 'tenancy.memberships' }),
      );
    },
  );

  it.each([[{}], [{ find: 'norte' }], ['clinics'], [{ useclass: Clinics }]])(
    'are no directory in %j',
    (option) => {
      expect(() => Reflect.apply(directoryOf, undefined, [option])).toThrow(
        expect.objectContaining({ path: 'tenancy.directory' }),
      );
    },
  );
});
