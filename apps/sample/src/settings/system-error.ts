/** Returns the code of a system error, such as EEXIST. Undefined for other errors. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
