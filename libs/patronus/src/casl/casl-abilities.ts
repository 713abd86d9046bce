import type { AnyMongoAbility } from '@casl/ability';
import type { Identity } from '../identity/identity.js';

interface KnownAbility {
  readonly tenantId: string | undefined;
  readonly ability: AnyMongoAbility;
}

/**
 * Defines the abilities of a caller as rules of CASL. An abstract class: the type and the injection
 * token in one.
 *
 * The rules of an identity in a tenant are kept as long as the identity is. They must not depend on
 * anything else, and must not be changed later (`ability.update`).
 *
 * @example
 * @Injectable()
 * class ClinicAbilities extends CaslAbilities {
 *   define(identity: Identity, tenantId: string | undefined) {
 *     const { can, cannot, build } = new AbilityBuilder<MongoAbility>(createMongoAbility);
 *     can('read', 'Appointment', { empresaId: tenantId });
 *     can('update', 'Appointment', { empresaId: tenantId, doctorId: identity.id });
 *     cannot('update', 'Appointment', { state: 'closed' });
 *     return build();
 *   }
 * }
 */
export abstract class CaslAbilities {
  /** Rules by identity, of the last tenant only: most callers stay in one. */
  readonly #known = new WeakMap<Identity, KnownAbility>();

  /** Defines the rules of a caller in one tenant, or outside of any. */
  abstract define(identity: Identity, tenantId: string | undefined): AnyMongoAbility;

  /** Returns the rules of a caller, which are defined once. */
  abilityOf(identity: Identity, tenantId: string | undefined): AnyMongoAbility {
    const known = this.#known.get(identity);
    if (known?.tenantId === tenantId && known !== undefined) return known.ability;
    const ability = this.define(identity, tenantId);
    this.#known.set(identity, { tenantId, ability });
    return ability;
  }
}
