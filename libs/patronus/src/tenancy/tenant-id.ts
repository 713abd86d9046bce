const TENANT_ID = /^[!-~]{1,255}$/;

/** Whether a value can be a tenant's id: 1 to 255 visible characters of ASCII. */
export function isTenantId(value: unknown): value is string {
  return typeof value === 'string' && TENANT_ID.test(value);
}

/** A tenant's id out of a claim: text, or a whole number. Undefined where it is neither. */
export function tenantIdOf(value: unknown): string | undefined {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  return isTenantId(id) ? id : undefined;
}
