import type { AuthenticationSecurity, RouteSecurity } from './route-security.js';

const all = new Intl.ListFormat('en', { type: 'conjunction' });
const one = new Intl.ListFormat('en', { type: 'disjunction' });

/** What a route asks for, as a sentence in Markdown. */
export function describeRoute(security: RouteSecurity): string {
  if (security.access === 'public') return 'Open to everybody.';
  if (security.access === 'optional') {
    return 'Open to everybody; a credential that comes along must be good.';
  }
  const {
    tenant,
    permissions = [],
    anyPermission = [],
    platformPermissions = [],
    roles = [],
    scopes = [],
    authentication = [],
    issuers = [],
    dpop = false,
    policies = [],
  } = security;
  const needs = [
    tenant === 'required' ? 'a caller in a tenant' : 'a caller',
    ...named('permission', permissions),
    ...anyPermission.map((names) => `the permission ${one.format(names.map(quoted))}`),
    ...named('platform permission', platformPermissions),
    ...named('role', roles),
    ...named('scope', scopes),
    ...authentication.map(describeAuthentication),
    ...(issuers.length > 0 ? [`a token of ${one.format(issuers.map(quoted))}`] : []),
    ...(dpop ? ['a proof of possession (DPoP)'] : []),
    ...policies.map((policy) => `the consent of ${quoted(policy)}`),
  ];
  return `Needs ${all.format(needs)}.`;
}

function describeAuthentication({ within, methods, levels }: AuthenticationSecurity): string {
  const how = [
    ...(within === undefined ? [] : [`within ${within} seconds`]),
    ...(methods === undefined ? [] : [`by ${all.format(methods.map(quoted))}`]),
    ...(levels === undefined ? [] : [`of the level ${one.format(levels.map(quoted))}`]),
  ];
  return `a login ${how.join(' ')}`;
}

function named(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const plural = names.length === 1 ? what : `${what}s`;
  return [`the ${plural} ${all.format(names.map(quoted))}`];
}

function quoted(name: string): string {
  return `\`${name}\``;
}
