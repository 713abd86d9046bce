import type { Requirement } from '../requirement.js';

const DECORATORS = {
  'all-permissions': 'RequirePermissions',
  'any-permission': 'RequireAnyPermission',
  'platform-permissions': 'RequirePlatformPermissions',
} as const;

/** A requirement as it is written above a handler: `@RequireRoles('doctor')`. */
export function textOfRequirement(requirement: Requirement): string {
  const { kind } = requirement;
  if (kind === 'policy') return requirement.decorator;
  if (kind === 'proof') return '@RequireDPoP()';
  if (kind === 'issuers') return call('AcceptIssuers', requirement.issuers);
  if (kind === 'roles') return call('RequireRoles', requirement.roles);
  if (kind === 'scopes') return call('RequireScopes', requirement.scopes);
  if (kind === 'authentication') return `@RequireAuthentication(${demandText(requirement)})`;
  const names = requirement.permissions.map(({ name }) => name);
  return call(DECORATORS[kind], names);
}

function call(decorator: string, names: readonly string[]): string {
  return `@${decorator}(${names.map((name) => `'${name}'`).join(', ')})`;
}

function demandText(demand: {
  readonly within: number | undefined;
  readonly methods: readonly string[];
  readonly levels: readonly string[];
}): string {
  const parts = [
    demand.within === undefined ? [] : [`within: '${demand.within}s'`],
    demand.methods.length === 0 ? [] : [`methods: ${JSON.stringify(demand.methods)}`],
    demand.levels.length === 0 ? [] : [`level: ${JSON.stringify(demand.levels)}`],
  ].flat();
  return parts.length === 0 ? '' : `{ ${parts.join(', ')} }`;
}
