/**
 * Returns the scalar members of a payload as text, which policies and `tenancy.path` read as
 * parameters.
 */
export function scalarsAsText(payload: unknown): Readonly<Record<string, string>> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return {};
  return Object.fromEntries(
    Object.entries(payload).flatMap(([name, value]: [string, unknown]) =>
      isScalar(value) ? [[name, String(value)]] : [],
    ),
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
