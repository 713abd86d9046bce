/** Text that survives every encoding unchanged, so that two subjects never become one. */
export function subjectOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > 255) return undefined;
  return /[\p{Cc}\p{Cs}]/u.test(value) ? undefined : value;
}
