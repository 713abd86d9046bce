/** The code of an error of the system, such as EEXIST; undefined for whatever else was thrown. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
