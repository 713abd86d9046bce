import { type Client, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ClientsService } from '../clients/clients.service.js';

/** The longest lifetime of an assertion, and the tolerance for clocks, in seconds. */
const MAX_ASSERTION = 5 * 60;
const LEEWAY = 60;

/** Verifies secrets by their hashes. oidc-provider would compare texts. */
export function verifySecrets(provider: Provider, clients: ClientsService): void {
  provider.Client.prototype.compareClientSecret = function (presented) {
    requireRegisteredMethod(this);
    return clients.secretMatches(this.clientId, presented);
  };
}

/** @throws {errors.InvalidClientAuth} if the secret comes in another way than the client registered (RFC 7591, section 2) */
function requireRegisteredMethod({ clientAuthMethod }: Client): void {
  const isPosted = Provider.ctx?.oidc.params?.['client_secret'] !== undefined;
  const used = isPosted ? 'client_secret_post' : 'client_secret_basic';
  if (used === clientAuthMethod) return;
  throw new errors.InvalidClientAuth(`the client is registered for ${clientAuthMethod}`);
}

/**
 * Checks an assertion of a client. One that other servers accept, too, could be presented here by them.
 *
 * @throws {errors.InvalidClientAuth} if it has another audience than the issuer, or is valid for too long
 */
export function checkAssertion(
  { oidc: { issuer } }: KoaContextWithOIDC,
  { aud, exp }: Readonly<Record<string, unknown>>,
): void {
  const [audience, ...others] = [aud].flat();
  if (audience !== issuer || others.length > 0) {
    throw new errors.InvalidClientAuth('aud of the assertion must be the issuer alone');
  }
  const latest = Date.now() / 1000 + MAX_ASSERTION + LEEWAY;
  if (typeof exp !== 'number' || exp > latest) {
    throw new errors.InvalidClientAuth('exp of the assertion must be within five minutes');
  }
}
