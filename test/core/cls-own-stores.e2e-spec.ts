import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import {
  CurrentTenant,
  CurrentUser,
  type Identity,
  OptionalAuth,
  TenantContext,
} from '@patronus/nestjs';
import { ClsModule, ClsServiceManager, UseCls } from 'nestjs-cls';
import { from, lastValueFrom, Observable } from 'rxjs';
import { ADAPTERS } from './adapters.js';
import { closeAll, NotesController, patronus, startNotes } from './cls-notes.js';

afterEach(closeAll);

describe.each(ADAPTERS)('a store that the application opens itself, on %s', (_name, adapter) => {
  const cls = ClsServiceManager.getClsService();
  const NESTED = ['inherit', 'reuse', 'override'] as const;

  it.each(NESTED)('in a middleware, with ifNested: %s', async (ifNested) => {
    const { ask } = await startNotes(adapter, [patronus(), ClsModule], {
      prepare: (app) => {
        app.use((_request: unknown, _response: unknown, next: () => void) => {
          cls.run({ ifNested }, () => {
            cls.set('setUp', 'mine');
            next();
          });
        });
      },
    });
    const known = { user: 'ana', tenant: 'norte', inside: 'norte', setUp: 'mine' };
    expect(await ask('notes', 'ana.norte')).toEqual(known);
    expect(await ask('notes')).toMatchObject({ code: 'token_missing' });
  });

  it.each(
    NESTED.flatMap((ifNested) =>
      (['application', 'class', 'handler'] as const).map((place) => [ifNested, place] as const),
    ),
  )('in an interceptor, with ifNested: %s, of the %s', async (ifNested, place) => {
    class Opening implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return new Observable((subscriber) => {
          cls.run({ ifNested }, () => {
            cls.set('setUp', 'mine');
            return next.handle().subscribe(subscriber);
          });
        });
      }
    }
    @Controller()
    class OwnController extends NotesController {
      @Get('own')
      override async notes(@CurrentUser() user: Identity, @CurrentTenant() tenant: string) {
        return super.notes(user, tenant);
      }
    }
    if (place === 'class') UseInterceptors(Opening)(OwnController);
    const own = Object.getOwnPropertyDescriptor(OwnController.prototype, 'notes');
    if (place === 'handler' && own !== undefined) {
      UseInterceptors(Opening)(OwnController.prototype, 'notes', own);
    }
    const { ask } = await startNotes(adapter, [patronus(), ClsModule], {
      controllers: [OwnController],
      prepare: (app) => {
        if (place === 'application') app.useGlobalInterceptors(new Opening());
      },
    });
    const known = { user: 'ana', tenant: 'norte', inside: 'norte', setUp: 'mine' };
    expect(await ask('own', 'ana.norte')).toEqual(known);
  });

  it('around a handler, with ifNested: override, has no tenant and says so', async () => {
    @Controller()
    class EmptyController {
      constructor(private readonly tenant: TenantContext) {}
      @Get('empty') @UseCls({ runOptions: { ifNested: 'override' } }) empty() {
        return Promise.resolve(this.tenant.idOrNull ?? 'none');
      }
      @Get('id') @UseCls({ runOptions: { ifNested: 'override' } }) async id() {
        return Promise.resolve(this.tenant.id);
      }
      @Get('inherited') @UseCls() inherited() {
        return Promise.resolve(this.tenant.id);
      }
    }
    const imports = [patronus(), ClsModule.forRoot()];
    const { ask } = await startNotes(adapter, imports, { controllers: [EmptyController] });
    expect(await ask('empty', 'ana.norte')).toBe('none');
    expect(await ask('id', 'ana.norte')).toMatchObject({ code: 'tenant_required' });
    expect(await ask('inherited', 'ana.norte')).toBe('norte');
  });

  it('leaves a tenant that an interceptor of the application chose', async () => {
    @Injectable()
    class InSur implements NestInterceptor {
      constructor(private readonly tenant: TenantContext) {}
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return from(this.tenant.run('sur', () => lastValueFrom(next.handle())));
      }
    }
    @Controller()
    class HookController {
      constructor(private readonly tenant: TenantContext) {}
      @OptionalAuth() @UseInterceptors(InSur) @Get('hook') hook() {
        return this.tenant.id;
      }
    }
    const { ask } = await startNotes(adapter, [patronus()], { controllers: [HookController] });
    expect(await ask('hook')).toBe('sur');
  });
});
