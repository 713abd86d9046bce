import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { PlatformError } from '../operation/http/errors.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import type { Html } from './views/html.js';

const SOURCE = /^(?:https?:\/\/(?:[a-z\d-]+\.)*[a-z\d-]+(?::\d{1,5})?|[a-z][a-z\d+.-]*:)$/i;

/** What a page lets its reader's browser do, beyond the least. */
interface PagePermissions {
  /** Where its forms may lead, redirects after them included: see {@link formActionSource}. */
  readonly formAction?: readonly string[];
  /**
   * Whether oidc-provider makes it: such a page sends a form by a script, whose hash oidc-provider adds
   * to `script-src`, where there is one. Until then no script runs.
   */
  readonly byProvider?: boolean;
}

/**
 * The headers of every page.
 *
 * @throws {TypeError} where a source of `formAction` is not one, and would change the policy
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
      // Matches nothing; 'none' could not be added to (CSP Level 3, section 6.7.2.5).
      ...(byProvider ? ["script-src 'report-sample'"] : []),
    ].join('; '),
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    // With no-referrer, browsers post a form with `Origin: null` (Fetch, section 3.2); with same-origin,
    // the tokens in the addresses of our pages would stand in the logs of our own proxies.
    'Referrer-Policy': 'strict-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
}

/** How a page is answered. */
interface PageAnswer extends Pick<PagePermissions, 'formAction'> {
  readonly status?: number;
}

/** Answers with a page, under the strictest policy that lets it work. */
export function sendPage(
  response: Response,
  page: Html,
  { status = 200, ...permissions }: PageAnswer = {},
): void {
  response.status(status).set(pageHeaders(permissions)).type('html').send(page.toString());
}

/** A host as a policy can name it. */
const HOST = /^[a-z\d.-]+$/;

/**
 * What `form-action` must allow for a form whose answer redirects to this address: Chromium follows no
 * redirect that the policy leaves out. Its origin; its scheme where it has no origin (native apps), or
 * where a policy cannot name the host, as with an IPv6 address (CSP Level 3, section 2.3.1).
 *
 * @throws {TypeError} where it is no absolute address
 */
export function formActionSource(redirectUri: string): string {
  const { origin, protocol, hostname } = new URL(redirectUri);
  return origin !== 'null' && HOST.test(hostname) ? origin : protocol;
}

const READS: readonly string[] = ['GET', 'HEAD'];

/**
 * Lets a form in only from the platform's own pages: the browser says where it stood, in
 * `Sec-Fetch-Site` (Fetch Metadata), or, where it knows none or the connection is not secure, in
 * `Origin`. What says neither is refused.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  constructor(private readonly settings: ServerSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<Request>();
    if (READS.includes(method)) return true;
    const site = headers['sec-fetch-site'];
    const own =
      site === undefined ? headers.origin === this.settings.issuer : site === 'same-origin';
    if (!own) throw new PlatformError('cross_site_request');
    return true;
  }
}

const FOLDER = fileURLToPath(new URL('../../public/', import.meta.url));

/** Serves what pages load, under `/assets`. A browser asks each time whether its copy is current. */
export function mountAssets(app: NestExpressApplication): void {
  app.useStaticAssets(FOLDER, {
    prefix: '/assets/',
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse) => {
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    },
  });
}

/** A form that was read, or what is wrong with its fields. */
type FormReading<Value> =
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

/** Where the flows of OAuth go on. */
const FLOW = /^\/(?:interaction|oauth)\//;

/**
 * Where a person goes on afterwards: a path of the platform's own flows, and nothing else. Undefined for
 * all other text, so that no page sends anybody to a stranger.
 */
export function readContinuePath(value: unknown, issuer: string): string | undefined {
  if (typeof value !== 'string' || !/^\/[!-~]*$/.test(value) || value.includes('\\'))
    return undefined;
  if (!URL.canParse(value, issuer)) return undefined;
  const { origin, pathname, search } = new URL(value, issuer);
  return origin === issuer && FLOW.test(pathname) ? pathname + search : undefined;
}
