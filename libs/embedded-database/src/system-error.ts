/** Returns the code of a system error, such as EEXIST. Undefined for any other thrown value. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
