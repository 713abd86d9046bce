import type { PolicyContext } from './policy-context.js';
import { ResourceLoader } from './resource-loader.js';

/**
 * Decides on one resource. A provider of the application, named by `@Authorize()`; a singleton.
 *
 * @example
 * @Injectable()
 * class CanEditAppointment extends ResourcePolicy<Appointment> {
 *   constructor(private readonly appointments: AppointmentsRepository) { super(); }
 *   load({ params }: PolicyContext) { return this.appointments.find(params.id); }
 *   tenantOf(appointment: Appointment) { return appointment.empresaId; }
 *   permits(appointment: Appointment, { identity, may }: PolicyContext) {
 *     return appointment.doctorId === identity.id || may('appointments.manage');
 *   }
 * }
 */
export abstract class ResourcePolicy<Resource = unknown> extends ResourceLoader<Resource> {
  /**
   * Returns true if the caller may act on a resource of its own tenant. Any result but `true`, and
   * any error, is 403 `permission_denied`, or `scope_denied` after `hasScopes()` was false. A
   * `PatronusError` is passed on.
   */
  abstract permits(resource: Resource, context: PolicyContext): boolean | Promise<boolean>;
}
