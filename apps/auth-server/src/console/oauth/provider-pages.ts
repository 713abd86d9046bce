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
import { problemPage, problemText, type WayBack } from '../views/error.page.js';
import type { PageContext } from '../views/layout.js';
import { wayBackInBrowser, wayToClient } from './way-back.js';

const { code_verification: device, end_session: logout } = OIDC_ROUTES;

/** The pages of the platform in place of oidc-provider's own. */
@Injectable()
export class ProviderPages implements OAuthPages {
  constructor(private readonly pages: Pages) {}

  async renderProblem(ctx: KoaContextWithOIDC, error: unknown): Promise<void> {
    const problem = problemOf(error);
    const detail =
      error instanceof errors.OIDCProviderError && error.expose
        ? error.error_description
        : undefined;
    const retryPath = ctx.method === 'GET' ? ctx.path + ctx.search : ctx.path;
    const wayBack = await wayBackOf(ctx);
    ctx.status = problem.status;
    this.#answer(ctx, (ui) => problemPage(ui, { ...problem, detail, retryPath, wayBack }));
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

/** The way on from a refused request: to the client that sent it, or to the sign-in of this browser. */
async function wayBackOf({ oidc }: KoaContextWithOIDC): Promise<WayBack | undefined> {
  // Oidc-provider prepares no context for a path that it does not know.
  if (oidc === undefined) return undefined;
  const { client, provider } = oidc;
  if (client !== undefined) return wayToClient(client, provider.issuer);
  // An error page is shown whatever the database does.
  return wayBackInBrowser(provider).catch(() => undefined);
}

/**
 * Tells if the form of a device was posted after its session had ended. oidc-provider then fails to save the new
 * session, to which it would bind the form.
 */
function isDeviceFormWithoutSession({ path, method, oidc }: KoaContextWithOIDC): boolean {
  if (path !== device || method !== 'POST') return false;
  return oidc.session !== undefined && Reflect.get(oidc.session, 'exp') === undefined;
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
