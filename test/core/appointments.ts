import { Controller, Get, Injectable, UseGuards } from '@nestjs/common';
import {
  AuthGuard,
  Authorize,
  OwnedResource,
  PatronusError,
  PermissionsGuard,
  type PolicyContext,
  RequireOwner,
  RequirePermissions,
  Resource,
  type ResourceOwner,
  ResourcePolicy,
} from '@patronus/nestjs';

interface Appointment {
  readonly id: string;
  readonly title: string;
  readonly tenantId: string | undefined;
  readonly owner: ResourceOwner | null;
}

const appointment = (
  id: string,
  title: string,
  tenantId: string | undefined,
  owner: ResourceOwner | null,
): Appointment => ({ id, title, tenantId, owner });

const ROWS: readonly Appointment[] = [
  appointment('n1', 'Norte, first', 'norte', 'ana'),
  appointment('n2', 'Norte, second', 'norte', 'bo'),
  appointment('n3', 'Norte, third', 'norte', 'ana'),
  appointment('s1', 'Sur, first', 'sur', 'ana'),
  appointment('shared', 'Of nobody', undefined, 'ana'),
  appointment('ownerless', 'Ownerless', 'norte', null),
  appointment('issuer', 'Of ana, here', 'norte', { id: 'ana', issuer: 'token-table' }),
  appointment('other-issuer', 'Of ana, elsewhere', 'norte', { id: 'ana', issuer: 'elsewhere' }),
  ...['throws', 'hangs', 'rethrows', 'broken', 'scoped', 'either'].map((id) =>
    appointment(id, id, 'norte', 'ana'),
  ),
];

/** Table of two tenants that counts its reads, and can be made to fail. */
@Injectable()
export class Appointments {
  loads = 0;
  failure: Error | 'hang' | undefined;
  answer: unknown = true;

  async find(id: string | undefined): Promise<Appointment | undefined> {
    this.loads += 1;
    if (this.failure === 'hang') return new Promise(() => {});
    if (this.failure !== undefined) throw this.failure;
    return ROWS.find((row) => row.id === id);
  }
}

@Injectable()
export class CanEditAppointment extends ResourcePolicy<Appointment> {
  constructor(private readonly appointments: Appointments) {
    super();
  }
  load({ params }: PolicyContext) {
    return this.appointments.find(params['id']);
  }
  tenantOf({ id, tenantId }: Appointment) {
    if (id === 'broken') throw new Error('broken');
    return tenantId;
  }
  permits({ id, owner }: Appointment, { identity, may, hasScopes }: PolicyContext) {
    if (id === 'throws') throw new Error('odd');
    if (id === 'hangs') return new Promise<boolean>(() => {});
    if (id === 'scoped') return hasScopes('notes.read', 'notes.list');
    if (id === 'either') return hasScopes('notes.read') || hasScopes('openid');
    if (id === 'rethrows') throw new PatronusError('resource_not_found');
    if (owner !== identity.id) return may('appointments.manage');
    return JSON.parse(JSON.stringify({ answer: this.appointments.answer })).answer;
  }
}

@Injectable()
export class CanMoveAppointment extends ResourcePolicy<Appointment> {
  constructor(private readonly appointments: Appointments) {
    super();
  }
  load({ query }: PolicyContext) {
    return this.appointments.find(String(query['to']));
  }
  tenantOf({ tenantId }: Appointment) {
    return tenantId;
  }
  permits({ owner }: Appointment, { identity }: PolicyContext) {
    return owner === identity.id;
  }
}

@Injectable()
export class OwnAppointment extends OwnedResource<Appointment> {
  constructor(private readonly appointments: Appointments) {
    super();
  }
  load({ params }: PolicyContext) {
    return this.appointments.find(params['id']);
  }
  tenantOf({ tenantId }: Appointment) {
    return tenantId;
  }
  ownerOf({ owner }: Appointment) {
    return owner;
  }
}

@Controller()
@RequirePermissions('appointments.write')
export class AppointmentsController {
  handled = 0;

  @Get('edit/:id') @Authorize(CanEditAppointment) edit(@Resource() found: Appointment) {
    this.handled += 1;
    return found;
  }

  @Get('own/:id') @RequireOwner(OwnAppointment) own(@Resource(OwnAppointment) found: Appointment) {
    this.handled += 1;
    return found;
  }

  @UseGuards(AuthGuard, PermissionsGuard)
  @Authorize(CanEditAppointment)
  @Get('guarded-twice/:id')
  guardedTwice(@Resource() found: Appointment) {
    this.handled += 1;
    return found;
  }

  @Authorize(CanEditAppointment, CanMoveAppointment)
  @Get('unclear/:id')
  unclear(@Resource() found: Appointment) {
    this.handled += 1;
    return found;
  }

  @Get('none') none(@Resource() found: Appointment) {
    this.handled += 1;
    return found;
  }
}

@Controller('move')
@Authorize(CanEditAppointment)
export class MovesController {
  handled = 0;

  @Authorize(CanMoveAppointment)
  @Get(':id')
  move(
    @Resource(CanMoveAppointment) to: Appointment,
    @Resource(CanEditAppointment) from: Appointment,
  ) {
    this.handled += 1;
    return { from: from.id, to: to.id };
  }
}
