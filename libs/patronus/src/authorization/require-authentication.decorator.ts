import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { checkMembers } from '../errors/check-option.js';
import { readDuration } from './rules/read-duration.js';
import { routeMark, type RouteDecorator } from './rules/route-mark.js';

/** Requirements of {@link RequireAuthentication}. At least one must be given. */
export interface AuthenticationDemand {
  /** Maximum time since the person logged in (`auth_time`): seconds, or `'90s'`, `'5m'`, `'8h'`. */
  readonly within?: number | `${number}${'s' | 'm' | 'h'}` | undefined;
  /** Authentication methods that must all have been used (`amr`, RFC 8176): `otp`, `hwk`, `mfa`. */
  readonly methods?: readonly string[] | undefined;
  /** Authentication context class, one of these (`acr`): `urn:example:gold`. */
  readonly level?: string | readonly string[] | undefined;
}

const REMEDY = "Write for example @RequireAuthentication({ within: '5m', methods: ['otp'] }).";
/** Characters that a list of `acr_values` may contain within a quoted header value. */
const NAME = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Requires an authentication that is recent or strong enough. Otherwise the caller gets 401 with
 * the challenge `insufficient_user_authentication` (RFC 9470), which tells a client how to
 * authenticate the person again.
 *
 * Without an argument it states the default, that every authenticated caller may come in: for
 * `coverage: 'enforce'`, and for readers of the code.
 *
 * @throws {PatronusConfigurationError} if its argument is empty or malformed
 * @example
 * @Delete(':id') @RequireAuthentication({ within: '5m', methods: ['otp'] }) remove() {}
 */
export function RequireAuthentication(demand?: AuthenticationDemand): RouteDecorator {
  if (demand === undefined) {
    return routeMark({ kind: 'authentication', within: undefined, methods: [], levels: [] });
  }
  checkMembers('@RequireAuthentication()', demand, ['within', 'methods', 'level']);
  const { within, methods = [], level = [] } = demand;
  const levels = typeof level === 'string' ? [level] : level;
  if (within === undefined && methods.length === 0 && levels.length === 0) {
    throw new PatronusConfigurationError('@RequireAuthentication()', 'requires nothing.', REMEDY);
  }
  for (const name of [...methods, ...levels]) {
    if (typeof name === 'string' && NAME.test(name)) continue;
    throw new PatronusConfigurationError(
      '@RequireAuthentication()',
      `"${name}" is not one method or level.`,
      REMEDY,
    );
  }
  return routeMark({
    kind: 'authentication',
    within:
      within === undefined ? undefined : readDuration('@RequireAuthentication().within', within),
    methods: [...methods],
    levels: [...levels],
  });
}
