/** Why a statement failed, without what it was about: Drizzle's message has the values in it. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
