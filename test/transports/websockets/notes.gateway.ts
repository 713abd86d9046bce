import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  Access,
  CurrentUser,
  type Identity,
  Public,
  permissions,
  TenantContext,
} from '@patronus/nestjs';
import { type Answer, Bears } from '../behaviour-table.js';

interface Reply {
  readonly event: 'answer';
  readonly data: unknown;
}

/** Operations of the behaviour table that read a credential. */
@Injectable()
export class NotesHandlers {
  constructor(
    private readonly tenant: TenantContext,
    private readonly access: Access,
  ) {}

  @SubscribeMessage('optional') @Bears('optional') optional(@CurrentUser() user?: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('closed') @Bears('closed') closed(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('anywhere') @Bears('anywhere') anywhere(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('read') @Bears('read') read(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('write') @Bears('write') write(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('either') @Bears('either') either(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('doctor') @Bears('doctor') doctor(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('scoped') @Bears('scoped') scoped(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('platform') @Bears('platform') platform(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('recent') @Bears('recent') recent(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('bound') @Bears('bound') bound(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('ofIssuer') @Bears('ofIssuer') ofIssuer(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('anyDoctor') @Bears('anyDoctor') anyDoctor(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('staff') @Bears('staff') staff(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('anyStaff') @Bears('anyStaff') anyStaff(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @SubscribeMessage('anyPlatform') @Bears('anyPlatform') anyPlatform(
    @CurrentUser() user: Identity,
  ) {
    return this.answer(user);
  }
  @SubscribeMessage('eitherAuthority') @Bears('eitherAuthority') eitherAuthority(
    @CurrentUser() user: Identity,
  ) {
    return this.answer(user);
  }
  @SubscribeMessage('eitherScope') @Bears('eitherScope') eitherScope(
    @CurrentUser() user: Identity,
  ) {
    return this.answer(user);
  }
  @SubscribeMessage('asked') @Bears('asked') async asked(@CurrentUser() user: Identity) {
    await this.access.require(permissions('notes.write'));
    return this.answer(user);
  }

  private answer(user: Identity | undefined): Reply {
    const data: Answer = { user: user?.id ?? null, tenant: this.tenant.idOrNull };
    return { event: 'answer', data };
  }
}

/** Operations that read none: a gateway of them has no requirement on connecting clients. */
@Public()
export class OpenHandlers {
  constructor(private readonly tenant: TenantContext) {}

  @SubscribeMessage('open') open(@CurrentUser() user?: Identity): Reply {
    const data: Answer = { user: user?.id ?? null, tenant: this.tenant.idOrNull };
    return { event: 'answer', data };
  }
  @SubscribeMessage('inside') inside(): Reply {
    return { event: 'answer', data: this.tenant.id };
  }
}
