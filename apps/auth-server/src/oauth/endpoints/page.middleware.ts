import type { KoaContextWithOIDC } from 'oidc-provider';
import { formActionSource } from '../../pages/form-action-source.js';
import { pageHeaders } from '../../pages/page-headers.js';
import { OIDC_ROUTES } from '../configuration/oidc-routes.js';

const { authorization, code_verification: device, end_session: logout } = OIDC_ROUTES;

/**
 * The policy for pages that oidc-provider writes itself: forms that send themselves. And a user code in
 * the address of the device page (RFC 8628, section 3.3.1) fills in the form, instead of sending it.
 */
export async function pageMiddleware(
  ctx: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
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
