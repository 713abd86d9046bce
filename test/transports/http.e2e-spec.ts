import 'reflect-metadata';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Access,
  CurrentUser,
  type Identity,
  PatronusModule,
  permissions,
  TenantContext,
} from '@patronus/nestjs';
import { ADAPTERS } from '../core/adapters.js';
import { type Answer, Bears } from './behaviour-table.js';
import { itBehaves, type Outcome, TransportBed } from './transport-bed.js';

@Controller()
class NotesController {
  constructor(
    private readonly tenant: TenantContext,
    private readonly access: Access,
  ) {}

  @Get('open') @Bears('open') open(@CurrentUser() user?: Identity) {
    return this.answer(user);
  }
  @Get('optional') @Bears('optional') optional(@CurrentUser() user?: Identity) {
    return this.answer(user);
  }
  @Get('closed') @Bears('closed') closed(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('anywhere') @Bears('anywhere') anywhere(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('read') @Bears('read') read(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('write') @Bears('write') write(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('either') @Bears('either') either(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('doctor') @Bears('doctor') doctor(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('scoped') @Bears('scoped') scoped(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('platform') @Bears('platform') platform(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('recent') @Bears('recent') recent(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('bound') @Bears('bound') bound(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('ofIssuer') @Bears('ofIssuer') ofIssuer(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('anyDoctor') @Bears('anyDoctor') anyDoctor(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('staff') @Bears('staff') staff(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('anyStaff') @Bears('anyStaff') anyStaff(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('anyPlatform') @Bears('anyPlatform') anyPlatform(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('eitherAuthority') @Bears('eitherAuthority') eitherAuthority(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('eitherScope') @Bears('eitherScope') eitherScope(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Get('asked') @Bears('asked') async asked(@CurrentUser() user: Identity) {
    await this.access.require(permissions('notes.write'));
    return this.answer(user);
  }
  @Get('inside') @Bears('inside') inside() {
    return this.tenant.id;
  }

  private answer(user: Identity | undefined): Answer {
    return { user: user?.id ?? null, tenant: this.tenant.idOrNull };
  }
}

describe.each(ADAPTERS)('the behaviour table on HTTP, %s', (_name, adapter) => {
  let bed: TransportBed;
  let app: INestApplication;
  beforeAll(async () => {
    bed = await TransportBed.start();
    @Module({ imports: [PatronusModule.forRoot(bed.options())], controllers: [NotesController] })
    class NotesModule {}
    app = await NestFactory.create(NotesModule, adapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    await bed.revoke();
  });
  afterAll(async () => {
    await app.close();
    await bed.stop();
  });

  itBehaves(
    () => bed,
    async (operation, { authorization, tenant }): Promise<Outcome> => {
      const response = await fetch(`${await app.getUrl()}/${operation}`, {
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(tenant !== undefined && { 'x-empresa-id': tenant }),
        },
      });
      if (response.status === 200) return { answer: (await response.json()) as Answer };
      const { code, message } = (await response.json()) as { code: string; message: string };
      return { code, message, decisionId: response.headers.get('patronus-decision') ?? '' };
    },
  );
});
