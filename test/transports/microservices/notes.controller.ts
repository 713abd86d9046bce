import { Controller, type Type } from '@nestjs/common';
import { Access, CurrentUser, type Identity, permissions, TenantContext } from '@patronus/nestjs';
import { type Answer, Bears, type Operation } from '../behaviour-table.js';

/** Creates a controller of the behaviour table, whose handlers are bound by `bind`. */
export function notesController(bind: (operation: Operation) => MethodDecorator): Type {
  @Controller()
  class NotesController {
    constructor(
      readonly tenant: TenantContext,
      readonly access: Access,
    ) {}

    @bind('open') @Bears('open') open(@CurrentUser() user?: Identity) {
      return this.answer(user);
    }
    @bind('optional') @Bears('optional') optional(@CurrentUser() user?: Identity) {
      return this.answer(user);
    }
    @bind('closed') @Bears('closed') closed(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('anywhere') @Bears('anywhere') anywhere(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('read') @Bears('read') read(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('write') @Bears('write') write(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('either') @Bears('either') either(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('doctor') @Bears('doctor') doctor(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('scoped') @Bears('scoped') scoped(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('platform') @Bears('platform') platform(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('recent') @Bears('recent') recent(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('bound') @Bears('bound') bound(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('ofIssuer') @Bears('ofIssuer') ofIssuer(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('anyDoctor') @Bears('anyDoctor') anyDoctor(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('staff') @Bears('staff') staff(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('anyStaff') @Bears('anyStaff') anyStaff(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('anyPlatform') @Bears('anyPlatform') anyPlatform(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('eitherAuthority') @Bears('eitherAuthority') eitherAuthority(
      @CurrentUser() user: Identity,
    ) {
      return this.answer(user);
    }
    @bind('eitherScope') @Bears('eitherScope') eitherScope(@CurrentUser() user: Identity) {
      return this.answer(user);
    }
    @bind('asked') @Bears('asked') async asked(@CurrentUser() user: Identity) {
      await this.access.require(permissions('notes.write'));
      return this.answer(user);
    }
    @bind('inside') @Bears('inside') inside() {
      return { user: null, tenant: this.tenant.id };
    }

    answer(user: Identity | undefined): Answer {
      return { user: user?.id ?? null, tenant: this.tenant.idOrNull };
    }
  }
  return NotesController;
}
