import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Html } from '../operation/http/html.js';
import { type Locale, readUiLocales } from '../operation/http/locale.js';
import { currentLocale } from '../operation/http/request-facts.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { type Copy, en } from './copy/en.js';
import { es } from './copy/es.js';
import type { PageContext } from './views/layout.js';
import { REVEAL_SOURCE } from './views/reveal-password.js';

const SOURCE = /^(?:https?:\/\/(?:[a-z\d-]+\.)*[a-z\d-]+(?::\d{1,5})?|[a-z][a-z\d+.-]*:)$/i;

/** Permissions of a page beyond the minimum. */
interface PagePermissions {
  /** Targets of its forms, including redirects after them: see {@link formActionSource}. */
  readonly formAction?: readonly string[];
  /**
   * Prepares the policy for a page of oidc-provider: it submits a form by a script, whose hash
   * oidc-provider adds to `script-src`. No other script runs.
   */
  readonly byProvider?: boolean;
}

/**
 * Returns the headers of a page.
 *
 * @throws {TypeError} if a source of `formAction` is malformed and would change the policy
 */
export function pageHeaders({
  formAction = [],
  byProvider = false,
}: PagePermissions = {}): Readonly<Record<string, string>> {
  for (const source of formAction) {
    if (!SOURCE.test(source)) throw new TypeError('A source of form-action is malformed.');
  }
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "style-src 'self'",
      "img-src 'self'",
      ["form-action 'self'", ...formAction].join(' '),
      "frame-ancestors 'none'",
      "base-uri 'none'",
      // The former matches nothing. A source could not be added to 'none' (CSP Level 3, section 6.7.2.5).
      `script-src ${byProvider ? "'report-sample'" : REVEAL_SOURCE}`,
    ].join('; '),
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    // With no-referrer, browsers post a form with `Origin: null` (Fetch, section 3.2); with same-origin,
    // the tokens in the addresses of pages would appear in the logs of proxies.
    'Referrer-Policy': 'strict-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
}

/** Options of a page that is sent. */
interface PageAnswer extends Pick<PagePermissions, 'formAction'> {
  readonly status?: number;
}

/** Sends a page under the strictest policy that lets it work. */
export function sendPage(
  response: Response,
  page: Html,
  { status = 200, ...permissions }: PageAnswer = {},
): void {
  response.status(status).set(pageHeaders(permissions)).type('html').send(page.toString());
}

/** A host that a policy can name. */
const HOST = /^[a-z\d.-]+$/;

/**
 * Returns the source that `form-action` must allow for a form whose answer redirects to an address:
 * Chromium follows no redirect that the policy omits. It is the origin, or the scheme of a native
 * application or of a host that a policy cannot name, such as an IPv6 address (CSP Level 3, section 2.3.1).
 *
 * @throws {TypeError} if the address is not absolute
 */
export function formActionSource(redirectUri: string): string {
  const { origin, protocol, hostname } = new URL(redirectUri);
  return origin !== 'null' && HOST.test(hostname) ? origin : protocol;
}

const COPY: Readonly<Record<Locale, Copy>> = { en, es };

/** Options of a page in the language of its reader. */
interface LocalisedAnswer extends PageAnswer {
  /** The `ui_locales` of an authorization request; those of the current request by default. */
  readonly uiLocales?: unknown;
}

/** Writes pages in the language of the request and with the look of the brand. */
@Injectable()
export class Pages {
  constructor(private readonly settings: ServerSettings) {}

  get issuer(): string {
    return this.settings.issuer;
  }

  send(
    response: Response,
    view: (ui: PageContext) => Html,
    { uiLocales, ...answer }: LocalisedAnswer = {},
  ): void {
    sendPage(response, view(this.context(uiLocales)), answer);
  }

  context(wanted?: unknown): PageContext {
    const request = currentLocale();
    const uiLocales = readUiLocales(wanted) ?? request.uiLocales;
    const locale = uiLocales ?? request.locale;
    const { name: brand, logoFile } = this.settings.brand;
    return {
      locale,
      copy: COPY[locale],
      brand,
      logo: logoFile === undefined ? '/assets/icon.svg' : '/assets/logo',
      link: (path) => (uiLocales === undefined ? path : withUiLocales(path, uiLocales)),
    };
  }
}

function withUiLocales(path: string, locale: Locale): string {
  const separator = path.includes('?') ? '&' : '?';
  return /[?&]ui_locales=/.test(path) ? path : `${path}${separator}ui_locales=${locale}`;
}
