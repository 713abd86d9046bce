import 'reflect-metadata';
import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  type AuthEvent,
  AuthEvents,
  type Credential,
  Identity,
  IdentityProvider,
  PatronusModule,
  Public,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

function identityOf(id: string, tenantId: string | undefined): Identity {
  return new Identity({
    id,
    issuer: 'staff',
    provider: 'staff',
    tenantId,
    platformPermissions: id === 'support' ? ['tenants.cross'] : [],
    permissions: ['tenants.cross'],
    expiresAt: Date.now() / 1000 + 60,
  });
}

class StaffProvider extends IdentityProvider {
  readonly name = 'staff';
  override async authenticate({ token }: Credential): Promise<Identity> {
    const [id = '', tenantId] = token.split('.');
    return identityOf(id, tenantId);
  }
}

@Controller()
class WorkController {
  constructor(private readonly tenant: TenantContext) {}

  private where() {
    return { tenant: this.tenant.idOrNull, crossing: this.tenant.isCrossTenant };
  }
  @Get('same') same() {
    return this.tenant.run('norte', () => this.where());
  }
  @Get('other') other() {
    return this.tenant.run('sur', () => this.where());
  }
  @Get('as-other') asOther() {
    return this.tenant.runAs(identityOf('luis', 'sur'), () => this.where());
  }
  @Get('hook') @Public() hook() {
    return this.tenant.run('sur', () => this.where());
  }
  @Get('cross') @TenantOptional() async cross() {
    const inside = await this.tenant.crossTenant({ reason: 'ticket 1', to: 'sur' }, async () => {
      await Promise.resolve();
      return this.where();
    });
    return { inside, after: this.where() };
  }
  @Get('cross-all') @TenantOptional() crossAll() {
    return this.tenant.crossTenant({ reason: 'ticket 2' }, () => this.where());
  }
  @Get('cross-silently') @TenantOptional() crossSilently() {
    return this.tenant.crossTenant({ reason: ' ', to: 'sur' }, () => this.where());
  }
}

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: new StaffProvider(), tenancy: {} })],
  controllers: [WorkController],
})
class WorkModule {}

describe.each(ADAPTERS)('work in a tenant, on %s', (_name, adapter) => {
  let on: ListeningApp;
  const crossings: AuthEvent[] = [];
  beforeAll(async () => {
    on = await listen(WorkModule, adapter());
    on.app.get(AuthEvents).on('tenant_crossing', (event) => crossings.push(event));
  });
  afterAll(() => on.app.close());

  it('stays in the tenant of its request', async () => {
    expect(await ask(on, 'same', 'ana.norte')).toMatchObject({ body: { tenant: 'norte' } });
    for (const path of ['other', 'as-other', 'same']) {
      expect(await ask(on, path, path === 'same' ? 'ana.sur' : 'ana.norte')).toMatchObject({
        status: 403,
        body: { code: 'tenant_mismatch' },
      });
    }
  });

  it('may be named by the application where nobody is known', async () => {
    expect(await ask(on, 'hook')).toMatchObject({ body: { tenant: 'sur', crossing: false } });
  });

  it('crosses over with a platform permission, a reason and an event', async () => {
    crossings.length = 0;
    expect(await ask(on, 'cross', 'support.norte')).toMatchObject({
      status: 200,
      body: {
        inside: { tenant: 'sur', crossing: true },
        after: { tenant: 'norte', crossing: false },
      },
    });
    expect(await ask(on, 'cross-all', 'support')).toMatchObject({
      status: 200,
      body: { tenant: null, crossing: true },
    });
    const about = { type: 'tenant_crossing', allowed: true, user: 'support', issuer: 'staff' };
    expect(crossings).toEqual([
      expect.objectContaining({ ...about, from: 'norte', to: 'sur', reason: 'ticket 1' }),
      expect.objectContaining({ ...about, from: undefined, to: undefined, reason: 'ticket 2' }),
    ]);
  });

  it('does not cross over with a permission inside the tenant, and tells who tried', async () => {
    crossings.length = 0;
    expect(await ask(on, 'cross', 'ana.norte')).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
    expect(crossings).toEqual([
      expect.objectContaining({ allowed: false, user: 'ana', from: 'norte', to: 'sur' }),
    ]);
  });

  it('does not cross over without a reason, or unrecorded', async () => {
    expect((await ask(on, 'cross-silently', 'support.norte')).status).toBe(403);
    const stop = on.app.get(AuthEvents).on('tenant_crossing', () => {
      throw new Error('the audit trail is away');
    });
    expect((await ask(on, 'cross', 'support.norte')).status).toBe(403);
    stop();
    expect((await ask(on, 'cross', 'support.norte')).status).toBe(200);
  });
});

describe('work that no request started', () => {
  let on: ListeningApp;
  let tenant: TenantContext;
  beforeAll(async () => {
    on = await listen(WorkModule, new ExpressAdapter());
    tenant = on.app.get(TenantContext);
  });
  afterAll(() => on.app.close());

  it('has no tenant until it is given one', async () => {
    expect(() => tenant.id).toThrow(expect.objectContaining({ code: 'tenant_required' }));
    expect(await tenant.run('norte', async () => (await Promise.resolve(), tenant.id))).toBe(
      'norte',
    );
    expect(tenant.idOrNull).toBeNull();
  });

  it.each(['', 'a b', 'x'.repeat(256), undefined, 7])('refuses %j as a tenant', (id) => {
    expect(() => Reflect.apply(tenant.run, tenant, [id, () => 1])).toThrow(
      expect.objectContaining({ code: 'tenant_required' }),
    );
  });

  it('may nest in the same tenant, and in no other', () => {
    tenant.run('norte', () => {
      expect(tenant.run('norte', () => tenant.id)).toBe('norte');
      expect(() => tenant.run('sur', () => tenant.id)).toThrow(
        expect.objectContaining({ code: 'tenant_mismatch' }),
      );
    });
  });

  it('runs as somebody, in their tenant', () => {
    expect(tenant.runAs(identityOf('ana', 'norte'), () => tenant.id)).toBe('norte');
    expect(tenant.runAs(identityOf('ana', undefined), () => tenant.idOrNull)).toBeNull();
  });

  it('cannot cross over: nobody is known who would', async () => {
    const crossing = tenant.run('norte', () =>
      tenant.crossTenant({ reason: 'none', to: 'sur' }, () => tenant.id),
    );
    await expect(crossing).rejects.toMatchObject({ code: 'token_missing' });
  });

  it('keeps tenants apart at once, through promises, timers, streams and emitters', async () => {
    const tenants = Array.from({ length: 1000 }, (_, index) => `clinic-${index}`);
    const seen = await Promise.all(
      tenants.map((id) =>
        tenant.run(id, async () => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
          const stream = new ReadableStream({
            start: (controller) => {
              setImmediate(() => {
                controller.enqueue(tenant.id);
                controller.close();
              });
            },
          });
          const chunks: unknown[] = [];
          for await (const chunk of stream) chunks.push(chunk, tenant.id);
          return chunks;
        }),
      ),
    );
    expect(seen).toEqual(tenants.map((id) => [id, id]));
  });

  it('binds a callback to its tenant, whoever calls it back', () => {
    const emitter = new EventEmitter();
    const heard: (string | null)[] = [];
    tenant.run('norte', () => {
      emitter.on(
        'x',
        tenant.bind(() => heard.push(tenant.idOrNull)),
      );
    });
    tenant.run('sur', () => emitter.emit('x'));
    expect(heard).toEqual(['norte']);
  });

  it('throws in a listener from outside that nobody’s work woke', () => {
    const emitter = new EventEmitter();
    emitter.on('x', () => tenant.id);
    expect(() => emitter.emit('x')).toThrow(expect.objectContaining({ code: 'tenant_required' }));
  });
});
