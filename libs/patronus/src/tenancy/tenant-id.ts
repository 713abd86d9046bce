const TENANT_ID = /^[!-~]{1,255}$/;

/** Returns true if a value can be a tenant's id: 1 to 255 visible characters of ASCII. */
export function isTenantId(value: unknown): value is string {
  return typeof value === 'string' && TENANT_ID.test(value);
}

/** Reads a tenant's id from a claim: text, or a whole number. Undefined if it is neither. */
export function tenantIdOf(value: unknown): string | undefined {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  return isTenantId(id) ? id : undefined;
}
