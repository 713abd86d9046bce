import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHandler } from 'express';

/** The languages of pages and mails. The first is the default. */
export const LOCALES = ['en', 'es'] as const;

export type Locale = (typeof LOCALES)[number];

/** The language of a request. */
interface RequestLocale {
  readonly locale: Locale;
  /** The value of `ui_locales`, if the request has one that is supported. */
  readonly uiLocales: Locale | undefined;
}

const DEFAULT: RequestLocale = { locale: LOCALES[0], uiLocales: undefined };
const current = new AsyncLocalStorage<RequestLocale>();

/**
 * Returns the first supported language of `ui_locales`: language tags in order of preference, with spaces
 * between them (OpenID Connect Core 1.0, section 3.1.2.1).
 */
export function readUiLocales(value: unknown): Locale | undefined {
  if (typeof value !== 'string') return undefined;
  const languages = value.toLowerCase().split(' ').map(primaryLanguage);
  return languages.map((name) => LOCALES.find((locale) => locale === name)).find(Boolean);
}

function primaryLanguage(tag: string): string {
  return tag.split('-')[0] ?? '';
}

/** Remembers the language of each request while it is handled: `ui_locales`, then `Accept-Language`. */
export const rememberLocale: RequestHandler = (request, _response, next) => {
  const uiLocales = readUiLocales(request.query['ui_locales']);
  const accepted = request.acceptsLanguages([...LOCALES]);
  const locale = uiLocales ?? LOCALES.find((one) => one === accepted) ?? DEFAULT.locale;
  current.run({ locale, uiLocales }, next);
};

/** The language of the request that is being handled; the default outside of requests, as in jobs. */
export function currentLocale(): RequestLocale {
  return current.getStore() ?? DEFAULT;
}
