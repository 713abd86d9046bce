import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { routeMark, type RouteDecorator } from './rules/route-mark.js';

/**
 * Accepts only callers that one of these issuers vouches for: `Identity.issuer`, which is the `iss` of a
 * token. On a controller it holds for each handler that does not name its issuers itself.
 *
 * A token of another issuer is refused with 401 `issuer_unknown`: its caller needs another token, and no
 * further scope would help (RFC 6750, section 3.1). The issuers must be trusted by `identityProvider`
 * already: this decorator trusts no further ones.
 *
 * @throws {PatronusConfigurationError} on an empty list, or on something that is no issuer
 * @example
 * @Controller('staff') @AcceptIssuers('https://sso.novah.example/realms/staff')
 * class StaffController {}
 */
export function AcceptIssuers(...issuers: readonly [string, ...string[]]): RouteDecorator {
  return routeMark({ kind: 'issuers', issuers: readIssuers(issuers) });
}

function readIssuers(issuers: readonly unknown[]): readonly string[] {
  if (issuers.length === 0) {
    throw new PatronusConfigurationError(
      '@AcceptIssuers()',
      'it names no issuer.',
      'Name at least one, or remove the decorator.',
    );
  }
  return issuers.map((issuer) => {
    if (typeof issuer === 'string' && /^[^\s'"]+$/.test(issuer)) return issuer;
    throw new PatronusConfigurationError(
      `@AcceptIssuers('${String(issuer)}')`,
      'this is not one issuer.',
      "Write each issuer as it stands in iss, as a text of its own: 'https://id.example.com'.",
    );
  });
}
