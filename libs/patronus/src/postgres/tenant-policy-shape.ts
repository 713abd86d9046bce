import { TENANT_SETTING } from '../tenancy/row-level-security/tenant-settings.js';

/** Policy as the catalogue describes it, of those that apply to the role or to one it can become. */
export interface TablePolicy {
  readonly permissive: boolean;
  /** Letter of one command, or `*` for all. */
  readonly command: string;
  /** True if the policy applies to the role, and to each one that it can become. */
  readonly binds: boolean;
  readonly using: string | null;
  readonly check: string | null;
}

const setting = `current_setting'${TENANT_SETTING}'`;
const TENANT = `(?:NULLIF${setting},true,''|${setting}(?:,true)?)`;

/**
 * Returns true if the policies let through only rows that are compared with the tenant: one
 * restricts every command, or none permits more. An expression with more than the
 * comparison does not count: `… or true` names the tenant too.
 */
export function boundToTenant(policies: readonly TablePolicy[], column: string): boolean {
  const compares = comparesWith(column);
  const tight = ({ using, check }: TablePolicy): boolean =>
    using !== null && compares(using) && (check === null || compares(check));
  const whole = (policy: TablePolicy): boolean =>
    policy.command === '*' && policy.binds && tight(policy);
  const permitting = policies.filter(({ permissive }) => permissive);
  const restricted = policies.some((policy) => !policy.permissive && whole(policy));
  return restricted
    ? permitting.length > 0
    : permitting.some(whole) && permitting.every((policy) => tight(policy));
}

function comparesWith(column: string): (expression: string) => boolean {
  const expected = new RegExp(`^=(?:SELECT)?${TENANT}(?:AS\\w+)?$`);
  const name = bare(column);
  return (expression) => {
    const text = bare(expression.replaceAll(/::(?:character varying|[a-z0-9]+)/g, ''));
    return text.startsWith(name) && expected.test(text.slice(name.length));
  };
}

/** Removes quotes, brackets and blanks, of which the catalogue adds some. */
function bare(text: string): string {
  return text.replaceAll(/["()\s]/g, '');
}
