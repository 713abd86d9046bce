import { TENANT_SETTING } from '../tenancy/row-level-security/tenant-settings.js';

/** A policy, as the catalogue has it. */
export interface TablePolicy {
  readonly permissive: boolean;
  /** `*` for all commands, or the letter of one. */
  readonly command: string;
  readonly everyone: boolean;
  readonly using: string | null;
  readonly check: string | null;
}

const setting = `current_setting'${TENANT_SETTING}'`;
const TENANT = `(?:NULLIF${setting},true,''|${setting}(?:,true)?)`;

/**
 * Whether the policies let through what is compared with the tenant, and nothing else: one that
 * restricts every command and role, or none that permits more. An expression that says more than
 * the comparison counts as none: `… or true` names the tenant too.
 */
export function boundToTenant(policies: readonly TablePolicy[], column: string): boolean {
  const compares = comparesWith(column);
  const tight = ({ using, check }: TablePolicy): boolean =>
    using !== null && compares(using) && (check === null || compares(check));
  const whole = (policy: TablePolicy): boolean =>
    policy.command === '*' && policy.everyone && tight(policy);
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

/** Without quotes, brackets and blanks, of which the catalogue adds some. */
function bare(text: string): string {
  return text.replaceAll(/["()\s]/g, '');
}
