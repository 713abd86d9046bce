import type { z } from 'zod';
import { newFormId } from '../sign-in/form-receipts.service.js';
import { PasswordRejectedError } from '../credentials/password/password-verdict.js';
import type { PageContext } from './views/layout.js';
import type { PasswordRefusal } from './views/new-password.js';

/** The value of a form, or the names of the fields that are invalid. */
type FormReading<Value> =
  { readonly value: Value } | { readonly value: undefined; readonly invalid: readonly string[] };

/** Returns the text fields of a form that are not empty. */
export function textFields(body: unknown): Readonly<Record<string, string>> {
  if (typeof body !== 'object' || body === null) return {};
  const entries: readonly [string, unknown][] = Object.entries(body);
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}

/** The hidden field by which a double click on a form is recognised. Each shown form has a new id. */
export function formIdField(): Readonly<Record<string, string>> {
  return { [FORM_ID]: newFormId() };
}

export function formIdOf(body: unknown): string | undefined {
  return textFields(body)[FORM_ID];
}

const FORM_ID = 'form_id';

/** Reads a posted form. `continue`, `ui_locales` and the id belong to every form. */
export function readForm<Value>(schema: z.ZodType<Value>, body: unknown): FormReading<Value> {
  const { continue: _next, ui_locales: _language, form_id: _id, ...fields } = textFields(body);
  const { data, error } = schema.safeParse(fields);
  if (error === undefined) return { value: data };
  return { value: undefined, invalid: error.issues.map(({ path }) => String(path[0] ?? '')) };
}

type FieldName = 'email' | 'name' | 'username';

const FIELDS: readonly FieldName[] = ['email', 'name', 'username'];

/** The errors of the fields of a person. That of the password belongs to its own field. */
export function fieldErrors(
  { copy }: PageContext,
  invalid: readonly string[],
): Partial<Record<FieldName, string>> {
  const wrong = FIELDS.filter((name) => invalid.includes(name));
  return Object.fromEntries(wrong.map((name) => [name, copy.invalid[name]]));
}

/** Explains a password that was refused. @throws any other error again */
export function passwordRefusal(error: unknown): PasswordRefusal {
  if (!(error instanceof PasswordRejectedError)) throw error;
  return error.verdict;
}

/** The paths of an authorization request that waits for a person. */
const WAITING = /^\/(?:interaction\/[\w-]{1,100}|oauth\/authorize(?:\/[\w-]{1,100})?)$/;

/**
 * Reads the path at which a person continues: an authorization request that waits. Every other value is
 * undefined, so that no page leads to another site, or to an action such as a logout.
 */
export function readContinuePath(value: unknown, issuer: string): string | undefined {
  if (typeof value !== 'string' || !/^\/[!-~]*$/.test(value) || value.includes('\\'))
    return undefined;
  if (!URL.canParse(value, issuer)) return undefined;
  const { origin, pathname, search } = new URL(value, issuer);
  return origin === issuer && WAITING.test(pathname) ? pathname + search : undefined;
}

const SIGN_IN = /^\/interaction\/[\w-]{1,100}$/;

/**
 * Returns the path of the sign-in that a person came from. A mail repeats it, and anyone can ask for that
 * mail: a sign-in page works in one browser only, and no other path is taken.
 */
export function signInPathOf(fields: unknown, issuer: string): string | undefined {
  const path = readContinuePath(textFields(fields)['continue'], issuer);
  return path !== undefined && SIGN_IN.test(path) ? path : undefined;
}

/** The hidden field of the path at which a person continues. */
export function continuing(next: string | undefined): Readonly<Record<string, string>> {
  return next === undefined ? {} : { continue: next };
}
