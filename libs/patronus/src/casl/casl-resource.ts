import type { SubjectType } from '@casl/ability';
import { Injectable } from '@nestjs/common';
import type { PolicyContext } from '../authorization/policies/policy-context.js';
import { ResourceLoader } from '../authorization/policies/resource-loader.js';
import { CaslAbilities } from './casl-abilities.js';

/**
 * Resource that rules of CASL refer to, for `@Can()`. A provider of the application, in addition to
 * {@link CaslAbilities}; a singleton.
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
  /** Type of the resource in the rules: a name, or the class of its objects. */
  abstract readonly subjectType: SubjectType;

  readonly #abilities: CaslAbilities;

  constructor(abilities: CaslAbilities) {
    super();
    this.#abilities = abilities;
  }

  /**
   * Returns the same result as `ability.can(action, subject(…))`, without marking the resource,
   * which may be frozen, or have another name elsewhere.
   */
  allows(action: string, resource: Resource, { identity, tenantId }: PolicyContext): boolean {
    if (typeof resource !== 'object' || resource === null) return false;
    const rules = this.#abilities.abilityOf(identity, tenantId).rulesFor(action, this.subjectType);
    const decisive = rules.find((rule) => rule.matchesConditions(resource));
    return decisive !== undefined && !decisive.inverted;
  }
}
