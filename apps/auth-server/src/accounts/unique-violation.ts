const UNIQUE_VIOLATION = '23505';

/** Whether the database refused a row because another one has its key. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return Reflect.get(error, 'code') === UNIQUE_VIOLATION || isUniqueViolation(error.cause);
}
