const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether a `uuid` column can be asked for it: PostgreSQL fails on any other text. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
