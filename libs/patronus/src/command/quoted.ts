const MAX_LENGTH = 200;

/**
 * Quotes text of another server for a terminal: bounded, in quotation marks, without control codes.
 */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : `a ${typeof value}`;
  return JSON.stringify(text.slice(0, MAX_LENGTH).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?'));
}
