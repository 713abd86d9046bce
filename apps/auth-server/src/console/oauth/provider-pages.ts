import { Injectable } from '@nestjs/common';
import { type ErrorOut, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { OAuthPages } from '../../oauth/ports.js';
import { isPageRoute, OIDC_ROUTES } from '../../oauth/provider/routes.js';
import type { Html } from '../../operation/http/html.js';
import { problemHeaders, problemOf } from '../../operation/http/problem.js';
import { formActionSource, pageHeaders, Pages } from '../pages.js';
import {
  deviceConfirmPage,
  deviceDonePage,
  devicePage,
  loggedOutPage,
  logoutPage,
} from '../views/device.pages.js';
import { problemPage, problemText } from '../views/error.page.js';
import type { PageContext } from '../views/layout.js';

const { code_verification: device, end_session: logout } = OIDC_ROUTES;

/** The pages of the platform in place of oidc-provider's own. */
@Injectable()
export class ProviderPages implements OAuthPages {
  constructor(private readonly pages: Pages) {}

  renderProblem(ctx: KoaContextWithOIDC, error: unknown): void {
    const problem = problemOf(error);
    const detail =
      error instanceof errors.OIDCProviderError && error.expose
        ? error.error_description
        : undefined;
    const retryPath = ctx.method === 'GET' ? ctx.path + ctx.search : ctx.path;
    ctx.status = problem.status;
    this.#answer(ctx, (ui) => problemPage(ui, { code: problem.code, detail, retryPath }));
    ctx.set(problemHeaders(problem));
  }

  renderLogout(ctx: KoaContextWithOIDC): void {
    const back = ctx.oidc.session?.state?.['postLogoutRedirectUri'];
    const model = { action: `${logout}/confirm`, hidden: xsrfOf(ctx) };
    const formAction = typeof back === 'string' ? [formActionSource(back)] : [];
    this.#answer(ctx, (ui) => logoutPage(ui, model), formAction);
  }

  renderLoggedOut(ctx: KoaContextWithOIDC): void {
    this.#answer(ctx, (ui) => loggedOutPage(ui, { clientName: clientNameOf(ctx) }));
  }

  /** RFC 8628, section 3.3. */
  renderDeviceInput(ctx: KoaContextWithOIDC, _form: string, _out?: ErrorOut, error?: Error): void {
    const userCode: unknown = ctx.state['userCode'];
    const model = {
      action: device,
      hidden: xsrfOf(ctx),
      userCode: typeof userCode === 'string' ? userCode : undefined,
    };
    this.#answer(ctx, (ui) => devicePage(ui, { ...model, error: error && deviceError(ui, error) }));
  }

  renderDeviceConfirmation(
    ctx: KoaContextWithOIDC,
    _form: string,
    _client: unknown,
    _deviceInfo: unknown,
    userCode: string,
  ): void {
    const clientName = clientNameOf(ctx) ?? '';
    const model = { action: device, hidden: xsrfOf(ctx), clientName, userCode };
    this.#answer(ctx, (ui) => deviceConfirmPage(ui, model));
  }

  renderDeviceDone(ctx: KoaContextWithOIDC): void {
    this.#answer(ctx, deviceDonePage);
  }

  /**
   * Sets the policy of pages that oidc-provider writes itself: forms that submit themselves. A user code
   * in the address of the device page (RFC 8628, section 3.3.1) fills in the form and does not submit it.
   */
  async middleware(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    if (!isPageRoute(ctx.path)) return next();
    if (ctx.path === device && ctx.method === 'GET') {
      ctx.state['userCode'] = ctx.query['user_code'];
      ctx.querystring = '';
    }
    ctx.set(pageHeaders({ byProvider: true }));
    try {
      await next();
    } catch (error) {
      if (!isDeviceFormWithoutSession(ctx)) throw error;
      ctx.status = 303;
      ctx.redirect(device);
      return;
    }
    const policy = ctx.response.get('content-security-policy');
    if (!policy.includes("'sha256-")) return;
    const sources = [...targetsOf(ctx)].map(formActionSource).join(' ');
    ctx.set('Content-Security-Policy', policy.replace(/form-action 'self'/, `$& ${sources}`));
  }

  #answer(
    ctx: KoaContextWithOIDC,
    view: (ui: PageContext) => Html,
    formAction: readonly string[] = [],
  ): void {
    const page = view(this.pages.context(ctx.oidc?.params?.['ui_locales']));
    ctx.set(pageHeaders({ formAction }));
    ctx.type = 'html';
    ctx.body = page.toString();
  }
}

/**
 * Tells if the form of a device was posted after its session had ended. oidc-provider then fails to save the new
 * session, to which it would bind the form.
 */
function isDeviceFormWithoutSession({ path, method, oidc }: KoaContextWithOIDC): boolean {
  const isNew = oidc.session !== undefined && Reflect.get(oidc.session, 'exp') === undefined;
  return path === device && method === 'POST' && isNew;
}

/** The token that binds a form of oidc-provider to its session. */
function xsrfOf(ctx: KoaContextWithOIDC): Record<string, string> {
  const secret = ctx.oidc.session?.state?.['secret'];
  return typeof secret === 'string' ? { xsrf: secret } : {};
}

function clientNameOf({ oidc: { client } }: KoaContextWithOIDC): string | undefined {
  return client && (client.clientName ?? client.clientId);
}

function deviceError(ui: PageContext, error: Error): string {
  const { cancelled, missing, wrong } = ui.copy.device;
  if (error.name === 'AbortedError') return cancelled;
  if (error.name === 'NoCodeError') return missing;
  if ('userCode' in error) return wrong;
  return problemText(ui, problemOf(error).code).message;
}

/** The addresses that a form of oidc-provider leads to, including redirects. */
function* targetsOf({ oidc }: KoaContextWithOIDC): Iterable<string> {
  const params = oidc.params ?? oidc.entities.Interaction?.params;
  const redirectUri = params?.['redirect_uri'];
  if (typeof redirectUri === 'string' && URL.canParse(redirectUri)) yield redirectUri;
  const afterLogout = oidc.session?.state?.['postLogoutRedirectUri'];
  if (typeof afterLogout === 'string') yield afterLogout;
}
