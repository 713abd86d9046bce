import {
  namesIn,
  type Alternative,
  type GrantRequirement,
  type Requirement,
} from '../rules/requirement.js';

/** Returns a requirement as it is written above a handler: `@RequireRoles('doctor')`. */
export function textOfRequirement(requirement: Requirement): string {
  if (requirement.kind === 'policy') return requirement.decorator;
  if (requirement.kind === 'proof') return '@RequireDPoP()';
  if (requirement.kind === 'issuers') return call('@AcceptIssuers', requirement.issuers);
  if (requirement.kind === 'scopes') return call('@RequireScopes', requirement.scopes);
  if (requirement.kind === 'authentication') {
    return `@RequireAuthentication(${demandText(requirement)})`;
  }
  if (requirement.kind === 'any-of') return `@RequireAny(${alternativesText(requirement)})`;
  return call(`@${decoratorOf(requirement)}`, namesIn(requirement));
}

/** Returns a requirement as it is written in code: `roles('doctor')`. */
export function textInCode(requirement: Requirement): string {
  if (requirement.kind === 'any-of') return `anyOf(${alternativesText(requirement)})`;
  if (requirement.kind === 'scopes') return call('scopes', requirement.scopes);
  if (requirement.kind !== 'roles' && requirement.kind !== 'permissions') {
    return textOfRequirement(requirement);
  }
  return call(FUNCTIONS[requirement.authority][requirement.kind], namesIn(requirement));
}

const FUNCTIONS = {
  tenant: { roles: 'roles', permissions: 'permissions' },
  platform: { roles: 'platformRoles', permissions: 'platformPermissions' },
} as const;

function alternativesText({
  alternatives,
}: {
  readonly alternatives: readonly Alternative[];
}): string {
  return alternatives.map(textInCode).join(', ');
}

/** Returns the name of the decorator: `RequireAnyPlatformRole`, `RequirePermissions`. */
function decoratorOf({ kind, authority, match }: GrantRequirement): string {
  const any = match === 'any' ? 'Any' : '';
  const platform = authority === 'platform' ? 'Platform' : '';
  const what = kind === 'roles' ? 'Role' : 'Permission';
  return `Require${any}${platform}${what}${any === '' ? 's' : ''}`;
}

function call(name: string, names: readonly string[]): string {
  return `${name}(${names.map((one) => `'${one}'`).join(', ')})`;
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
