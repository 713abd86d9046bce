import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { routeMark, type RouteDecorator } from './rules/route-mark.js';

/**
 * Accepts only callers of these issuers: `Identity.issuer`, which is the `iss` of a token. On a
 * controller it applies to each handler that does not name its own issuers.
 *
 * A token of another issuer is refused with 401 `issuer_unknown`: its caller needs another token,
 * and no further scope would help (RFC 6750, section 3.1). `identityProvider` must already trust
 * the issuers. This decorator does not extend that trust.
 *
 * @throws {PatronusConfigurationError} on an empty list, or on something that is not an issuer
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
      "Write each issuer exactly as in iss, as a separate text: 'https://id.example.com'.",
    );
  });
}
