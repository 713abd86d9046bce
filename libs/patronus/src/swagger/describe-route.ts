import type {
  AlternativeSecurity,
  AuthenticationSecurity,
  RouteSecurity,
} from './route-security.js';

const all = new Intl.ListFormat('en', { type: 'conjunction' });
const one = new Intl.ListFormat('en', { type: 'disjunction' });

/** Describes the requirements of a route as a sentence in Markdown. */
export function describeRoute(security: RouteSecurity): string {
  if (security.access === 'public') return 'Open to every caller.';
  if (security.access === 'optional') {
    return 'Open to every caller; a credential that is sent must be valid.';
  }
  const {
    tenant,
    permissions = [],
    anyPermission = [],
    platformPermissions = [],
    anyPlatformPermission = [],
    roles = [],
    anyRole = [],
    platformRoles = [],
    anyPlatformRole = [],
    scopes = [],
    anyOf = [],
    authentication = [],
    issuers = [],
    dpop = false,
    policies = [],
  } = security;
  const needs = [
    tenant === 'required' ? 'a caller in a tenant' : 'a caller',
    ...named('permission', permissions),
    ...oneOf('permission', anyPermission),
    ...named('platform permission', platformPermissions),
    ...oneOf('platform permission', anyPlatformPermission),
    ...named('role', roles),
    ...oneOf('role', anyRole),
    ...named('platform role', platformRoles),
    ...oneOf('platform role', anyPlatformRole),
    ...named('scope', scopes),
    ...anyOf.map(
      (alternatives) => `either ${one.format(alternatives.flatMap(describeAlternative))}`,
    ),
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
  return ['a login', ...how].join(' ');
}

function describeAlternative(alternative: AlternativeSecurity): string[] {
  const {
    permissions = [],
    platformPermissions = [],
    roles = [],
    platformRoles = [],
  } = alternative;
  return [
    ...named('permission', permissions),
    ...named('platform permission', platformPermissions),
    ...named('role', roles),
    ...named('platform role', platformRoles),
    ...named('scope', alternative.scopes ?? []),
  ];
}

function oneOf(what: string, lists: readonly (readonly string[])[]): string[] {
  return lists.map((names) => `the ${what} ${one.format(names.map(quoted))}`);
}

function named(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const plural = names.length === 1 ? what : `${what}s`;
  return [`the ${plural} ${all.format(names.map(quoted))}`];
}

function quoted(name: string): string {
  return `\`${name}\``;
}
