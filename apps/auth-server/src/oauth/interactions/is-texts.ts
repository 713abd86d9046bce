/** Whether it is a list of texts: what oidc-provider says of an interaction has no types. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
