import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { deviceConfirmPage } from '../../pages/device-confirm.page.js';
import { deviceDonePage } from '../../pages/device-done.page.js';
import { devicePage } from '../../pages/device.page.js';
import { errorPage } from '../../pages/error.page.js';
import { formActionSource } from '../../pages/form-action-source.js';
import type { Html } from '../../pages/html.js';
import { loggedOutPage } from '../../pages/logged-out.page.js';
import { logoutPage } from '../../pages/logout.page.js';
import { pageHeaders } from '../../pages/page-headers.js';
import { OIDC_ROUTES } from './oidc-routes.js';

/** The pages that oidc-provider asks for: ours in place of its own. */

export function renderLogout(ctx: KoaContextWithOIDC): void {
  const { state } = ctx.oidc.session ?? {};
  const back = state?.['postLogoutRedirectUri'];
  const page = logoutPage({ action: `${OIDC_ROUTES.end_session}/confirm`, hidden: xsrfOf(ctx) });
  answer(ctx, page, typeof back === 'string' ? [formActionSource(back)] : []);
}

export function renderLoggedOut(ctx: KoaContextWithOIDC): void {
  answer(ctx, loggedOutPage({ clientName: clientNameOf(ctx) }));
}

/** RFC 8628, section 3.3. */
export function renderDeviceInput(
  ctx: KoaContextWithOIDC,
  _form: string,
  out?: ErrorOut,
  error?: Error,
): void {
  const userCode: unknown = ctx.state['userCode'];
  const page = devicePage({
    action: OIDC_ROUTES.code_verification,
    hidden: xsrfOf(ctx),
    userCode: typeof userCode === 'string' ? userCode : undefined,
    error: error && messageOf(error, out),
  });
  answer(ctx, page);
}

export function renderDeviceConfirmation(
  ctx: KoaContextWithOIDC,
  _form: string,
  _client: unknown,
  _deviceInfo: unknown,
  userCode: string,
): void {
  const page = deviceConfirmPage({
    action: OIDC_ROUTES.code_verification,
    hidden: xsrfOf(ctx),
    clientName: clientNameOf(ctx) ?? '',
    userCode,
  });
  answer(ctx, page);
}

export function renderDeviceDone(ctx: KoaContextWithOIDC): void {
  answer(ctx, deviceDonePage());
}

/** What cannot be told to the client, because nobody knows whether it is one. */
export function renderError(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  const message = out.error_description ?? 'The request cannot be answered.';
  answer(
    ctx,
    errorPage({ title: 'That did not work', code: out.error, message: sentence(message) }),
  );
}

function answer(ctx: KoaContextWithOIDC, page: Html, formAction: readonly string[] = []): void {
  ctx.set(pageHeaders({ formAction }));
  ctx.type = 'html';
  ctx.body = page.toString();
}

/** What ties a form of oidc-provider to the session that it was made for. */
function xsrfOf(ctx: KoaContextWithOIDC): Record<string, string> {
  const secret = ctx.oidc.session?.state?.['secret'];
  return typeof secret === 'string' ? { xsrf: secret } : {};
}

function clientNameOf({ oidc: { client } }: KoaContextWithOIDC): string | undefined {
  return client && (client.clientName ?? client.clientId);
}

function messageOf(error: Error, out: ErrorOut | undefined): string {
  if (error.name === 'AbortedError') return 'The device was not connected.';
  if (error.name === 'NoCodeError') return 'Enter the code.';
  if ('userCode' in error) return 'That code is not right, or too old.';
  return sentence(out?.error_description ?? 'That did not work: begin anew at the device.');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
