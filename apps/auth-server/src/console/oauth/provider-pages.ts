import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import type { OAuthPages } from '../../oauth/ports.js';
import { OIDC_ROUTES } from '../../oauth/provider/routes.js';
import { formActionSource, pageHeaders } from '../pages.js';
import { problemPage } from '../views/error.page.js';
import type { Html } from '../views/html.js';
import {
  deviceConfirmPage,
  deviceDonePage,
  devicePage,
  loggedOutPage,
  logoutPage,
} from '../views/oauth.pages.js';

function renderLogout(ctx: KoaContextWithOIDC): void {
  const { state } = ctx.oidc.session ?? {};
  const back = state?.['postLogoutRedirectUri'];
  const page = logoutPage({ action: `${OIDC_ROUTES.end_session}/confirm`, hidden: xsrfOf(ctx) });
  answer(ctx, page, typeof back === 'string' ? [formActionSource(back)] : []);
}

function renderLoggedOut(ctx: KoaContextWithOIDC): void {
  answer(ctx, loggedOutPage({ clientName: clientNameOf(ctx) }));
}

/** RFC 8628, section 3.3. */
function renderDeviceInput(
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

function renderDeviceConfirmation(
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

function renderDeviceDone(ctx: KoaContextWithOIDC): void {
  answer(ctx, deviceDonePage());
}

/** What cannot be told to the client, because nobody knows whether it is one. */
function renderError(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  const message = out.error_description ?? 'The request cannot be answered.';
  const status = ctx.status;
  answer(ctx, problemPage({ status, code: out.error, message: sentence(message) }));
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
  return sentence(
    out?.error_description ?? 'The code could not be checked. Start again on the device.',
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

const { authorization, code_verification: device, end_session: logout } = OIDC_ROUTES;

/**
 * The policy for pages that oidc-provider writes itself: forms that send themselves. And a user code in
 * the address of the device page (RFC 8628, section 3.3.1) fills in the form, instead of sending it.
 */
async function pageMiddleware(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  const isPage = [authorization, device, logout].some(
    (route) => ctx.path === route || ctx.path.startsWith(`${route}/`),
  );
  if (!isPage) return next();
  if (ctx.path === device && ctx.method === 'GET') {
    ctx.state['userCode'] = ctx.query['user_code'];
    ctx.querystring = '';
  }
  ctx.set(pageHeaders({ byProvider: true }));
  await next();
  const policy = ctx.response.get('content-security-policy');
  if (!policy.includes("'sha256-")) return;
  const sources = [...targetsOf(ctx)].map(formActionSource).join(' ');
  ctx.set('Content-Security-Policy', policy.replace(/form-action 'self'/, `$& ${sources}`));
}

/** Where a form goes that oidc-provider wrote, or where the answer to it redirects to. */
function* targetsOf({ oidc }: KoaContextWithOIDC): Iterable<string> {
  const params = oidc.params ?? oidc.entities.Interaction?.params;
  const redirectUri = params?.['redirect_uri'];
  if (typeof redirectUri === 'string' && URL.canParse(redirectUri)) yield redirectUri;
  const afterLogout = oidc.session?.state?.['postLogoutRedirectUri'];
  if (typeof afterLogout === 'string') yield afterLogout;
}

/** The pages of the platform in place of oidc-provider's own. */
export const oauthPages: OAuthPages = {
  renderError,
  renderLogout,
  renderLoggedOut,
  renderDeviceInput,
  renderDeviceConfirmation,
  renderDeviceDone,
  middleware: pageMiddleware,
};
