import type { Response } from 'express';
import type { Html } from './html.js';
import { pageHeaders, type PagePermissions } from './page-headers.js';

/** How a page is answered. */
export interface PageAnswer extends Pick<PagePermissions, 'formAction'> {
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
