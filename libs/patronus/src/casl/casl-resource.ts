import type { SubjectType } from '@casl/ability';
import { Injectable } from '@nestjs/common';
import type { PolicyContext } from '../authorization/policies/policy-context.js';
import { ResourceLoader } from '../authorization/policies/resource-loader.js';
import { CaslAbilities } from './casl-abilities.js';

/**
 * A resource that rules of CASL are about, for `@Can()`. A provider of the application, beside the
 * one of {@link CaslAbilities}; a singleton.
 *
 * @example
 * @Injectable()
 * class AppointmentResource extends CaslResource<Appointment> {
 *   readonly subjectType = 'Appointment';
 *   constructor(abilities: CaslAbilities, private readonly appointments: AppointmentsRepository) {
 *     super(abilities);
 *   }
 *   load({ params }: PolicyContext) { return this.appointments.find(params.id); }
 *   tenantOf(appointment: Appointment) { return appointment.empresaId; }
 * }
 */
@Injectable()
export abstract class CaslResource<Resource = unknown> extends ResourceLoader<Resource> {
  /** What the rules call it: a name, or the class of its objects. */
  abstract readonly subjectType: SubjectType;

  readonly #abilities: CaslAbilities;

  constructor(abilities: CaslAbilities) {
    super();
    this.#abilities = abilities;
  }

  /**
   * What `ability.can(action, subject(…))` says, without marking the resource: it may be frozen, or
   * go by another name elsewhere.
   */
  allows(action: string, resource: Resource, { identity, tenantId }: PolicyContext): boolean {
    if (typeof resource !== 'object' || resource === null) return false;
    const rules = this.#abilities.abilityOf(identity, tenantId).rulesFor(action, this.subjectType);
    const decisive = rules.find((rule) => rule.matchesConditions(resource));
    return decisive !== undefined && !decisive.inverted;
  }
}
