import { DrizzleQueryError } from 'drizzle-orm';

/** SQLSTATEs that are about the server being away, or too slow, not about the statement. */
const AWAY = /^(?:08|25P03|53|57|58|E[A-Z]+$)/;

/** Seconds until a retry makes sense after an outage. */
export const RETRY_AFTER_OUTAGE = 5;

/** Whether a retry may help: what is needed did not answer. */
export function isOutage(error: unknown): boolean {
  if (error instanceof DrizzleQueryError) return isAway(error.cause);
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && (error.code === 'provider_unavailable' || error.code === 'unavailable')) {
    return true;
  }
  return isAway(error);
}

/** For the log: where it happened and of what kind, without texts that may hold what was sent. */
export function withoutTexts(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const code = codeOf(error) ?? codeOf(error.cause);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [code === undefined ? error.name : `${error.name} (${code})`, ...frames].join('\n');
}

function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return AWAY.test(code);
  return error instanceof Error && /terminated|timeout|closed/i.test(error.message);
}

function codeOf(error: unknown): string | undefined {
  const has = typeof error === 'object' && error !== null && 'code' in error;
  return has && typeof error.code === 'string' ? error.code : undefined;
}
