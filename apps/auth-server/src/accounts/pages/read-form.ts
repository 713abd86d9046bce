import type { z } from 'zod';

/** A form that was read, or what is wrong with its fields. */
export type FormReading<Value> =
  | { readonly value: Value }
  | { readonly value: undefined; readonly errors: Readonly<Record<string, string>> };

/** The fields of a form that was posted, as text. Those that were left empty are left out. */
export function textFields(body: unknown): Readonly<Record<string, string>> {
  if (typeof body !== 'object' || body === null) return {};
  const entries: readonly [string, unknown][] = Object.entries(body);
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}

/** Reads what a form posts; `continue` is not of the form. */
export function readForm<Value>(schema: z.ZodType<Value>, body: unknown): FormReading<Value> {
  const { continue: _, ...fields } = textFields(body);
  const { data, error } = schema.safeParse(fields);
  if (error === undefined) return { value: data };
  const errors = error.issues.map(({ path, message }) => [String(path[0] ?? ''), message] as const);
  return { value: undefined, errors: Object.fromEntries(errors) };
}
