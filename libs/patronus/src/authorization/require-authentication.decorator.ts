import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { checkMembers } from '../errors/check-option.js';
import { readDuration } from './rules/read-duration.js';
import { routeMark, type RouteDecorator } from './rules/route-mark.js';

/** What {@link RequireAuthentication} asks for: at least one of them. */
export interface AuthenticationDemand {
  /** How long ago the person logged in at most (`auth_time`): seconds, or `'90s'`, `'5m'`, `'8h'`. */
  readonly within?: number | `${number}${'s' | 'm' | 'h'}` | undefined;
  /** How they did, all of these (`amr`, RFC 8176): `otp`, `hwk`, `mfa`. */
  readonly methods?: readonly string[] | undefined;
  /** How surely, one of these (`acr`): `urn:example:gold`. */
  readonly level?: string | readonly string[] | undefined;
}

const REMEDY = "Write for example @RequireAuthentication({ within: '5m', methods: ['otp'] }).";
/** What may stand in a list of `acr_values`, within a quoted header value. */
const NAME = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Asks for an authentication that is recent or strong enough. Where it is not, the caller gets 401
 * with the challenge `insufficient_user_authentication` (RFC 9470), from which a client knows how to
 * ask the person again.
 *
 * Without an argument it says what is the case anyway, that every known caller may come in: for
 * `coverage: 'enforce'`, and for those who read the code.
 *
 * @throws {PatronusConfigurationError} where its argument asks for nothing, or for something malformed
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
    throw new PatronusConfigurationError('@RequireAuthentication()', 'asks for nothing.', REMEDY);
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
