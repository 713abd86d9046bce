import { errors, type KoaContextWithOIDC, type OIDCContext, type Provider } from 'oidc-provider';
import { isStorable } from '../../operation/database/storable-text.js';
import { OPENID_SCOPES } from '../clients/client-metadata.schema.js';
import { withoutPresentedSecret } from '../store/presented-secrets.js';
import { mayAskOffline, skipsConsent } from './operator-metadata.js';

/**
 * Checks requests at the moment at which oidc-provider has read them. A text that cannot be stored would make
 * its adapter fail later, with an error of the server.
 */
export function guardRequests(provider: Provider): void {
  for (const name of ['body', 'params'] as const) {
    const values = new WeakMap<OIDCContext, unknown>();
    Object.defineProperty(provider.OIDCContext.prototype, name, {
      configurable: true,
      get(this: OIDCContext) {
        return values.get(this);
      },
      set(this: OIDCContext, value: unknown) {
        if (!isStorable(storedOf(value))) {
          if (name === 'params') values.set(this, storableOf(value));
          throw unstorable();
        }
        if (name === 'params') keepOfflineAccess(this, value);
        values.set(this, name === 'body' ? withoutPresentedSecret(this, value) : value);
      },
    });
  }
}

/** Leaves out a password, which is hashed and never stored: it may have any character. */
function storedOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'password' in value
    ? { ...value, password: undefined }
    : value;
}

/** Returns the parameters that can be stored. oidc-provider reads and completes them to answer the refusal. */
function storableOf(params: unknown): object {
  return Object.fromEntries(Object.entries(params ?? {}).filter((one) => isStorable(one)));
}

function unstorable(): errors.InvalidRequest {
  const refusal = new errors.InvalidRequest('the request has characters that are not allowed');
  // The client would get the characters back in `state`.
  refusal.allow_redirect = false;
  return refusal;
}

/** The endpoints at which oidc-provider drops `offline_access` without `prompt=consent`. */
const WITH_PROMPT = new Set(['authorization', 'pushed_authorization_request']);

/** Keeps `offline_access` in the scope of clients whose grant is the operator's, so that no page is shown. */
function keepOfflineAccess(oidc: OIDCContext, params: unknown): void {
  if (typeof params !== 'object' || params === null || !WITH_PROMPT.has(oidc.route)) return;
  let scope: unknown = Reflect.get(params, 'scope');
  Object.defineProperty(params, 'scope', {
    configurable: true,
    enumerable: true,
    get: () => scope,
    set(next: unknown) {
      const { client } = oidc;
      const isKept =
        client !== undefined &&
        skipsConsent(client) &&
        mayAskOffline(client) &&
        scopesIn(scope).includes('offline_access');
      scope = isKept ? [...new Set([...scopesIn(next), 'offline_access'])].join(' ') : next;
    },
  });
}

function scopesIn(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [];
}

/**
 * Refuses a request whose scopes grant nothing, before a person signs in for it (RFC 6749, section 3.3).
 *
 * @throws {errors.InvalidScope}
 */
export function refuseFruitlessScope({ oidc }: KoaContextWithOIDC, scope: unknown): void {
  const ofResources = Object.values(oidc.resourceServers ?? {}).flatMap((one) => [...one.scopes]);
  const known = new Set<string>([...OPENID_SCOPES, ...ofResources]);
  // It asks for a refresh token, and grants nothing itself.
  known.delete('offline_access');
  const asked = scopesIn(scope);
  if (asked.some((one) => known.has(one))) return;
  throw new errors.InvalidScope(
    'scope must have at least one scope of this server or of the requested resource',
    asked.join(' '),
  );
}
