import { PatronusError } from '../../errors/patronus.error.js';
import type { Credential, CredentialScheme } from '../../identity/credential.js';
import { withinDeadline } from '../../identity/deadline.js';
import { Identity } from '../../identity/identity.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import { Circuit } from '../../remote/circuit.js';
import { parseKey } from './api-key-format.js';
import type { ApiKeyRecord } from './api-key.record.js';
import type { ApiKeyStore } from './api-key.store.js';
import { isRecord } from './read-record.js';
import { hashOf, isSameHash } from './secret-hash.js';

/** Timeout of a store, in seconds. */
const STORE_TIMEOUT = 5;
/** Maximum number of seconds that a key is accepted without calling the store again. */
const BELIEVED_FOR = 300;
/** Hash to compare with if there is no record, so that both cases take the same time. */
const NOBODY = hashOf('');

/** Settings of an {@link ApiKeyIdentityProvider}. */
export interface ApiKeyProfile {
  readonly store: ApiKeyStore;
  readonly prefix: string;
  readonly issuer: string;
}

/** Verifies the API keys of the application's own store. Created by `apiKeys()`. */
export class ApiKeyIdentityProvider extends IdentityProvider {
  readonly name = 'api-key';
  override readonly schemes: readonly CredentialScheme[] = ['api-key'];
  readonly #circuit: Circuit;

  constructor(private readonly profile: ApiKeyProfile) {
    super();
    const told = { provider: this.name, issuer: profile.issuer };
    this.#circuit = new Circuit({
      opened: () =>
        this.report({ type: 'provider_unavailable', ...told, reason: 'the store of keys fails' }),
      closed: () => this.report({ type: 'provider_recovered', ...told }),
    });
  }

  /**
   * Verifies an API key.
   *
   * @throws {PatronusError} `token_invalid`, without calling the store if the checksum is wrong;
   * `token_revoked`, `token_expired`, or `provider_unavailable` if the store fails
   */
  async authenticate({ scheme, token }: Credential): Promise<Identity> {
    const parts = scheme === 'api-key' ? parseKey(token, this.profile.prefix) : undefined;
    if (parts === undefined) throw invalid('not a key of this prefix with a valid checksum');
    const found = await this.#find(parts.id);
    const isRight = isSameHash(hashOf(parts.secret), found?.hash ?? NOBODY);
    if (found === undefined || found.id !== parts.id) throw invalid('no such key');
    if (!isRight) throw invalid('not the secret of the key');
    return this.#identityOf(found);
  }

  async #find(id: string): Promise<ApiKeyRecord | undefined> {
    let answer: unknown;
    try {
      answer = await this.#circuit.run(
        () => withinDeadline(this.#ask(id), STORE_TIMEOUT * 1000),
        id,
      );
    } catch (cause) {
      throw unavailable('the store of keys fails', cause);
    }
    if (answer === undefined || answer === null) return undefined;
    if (isRecord(answer)) return answer;
    throw unavailable('the store returned something that is not the record of a key');
  }

  /** Calls the store. Async, so that a store that throws synchronously rejects. */
  async #ask(id: string): Promise<unknown> {
    return this.profile.store.find(id);
  }

  #identityOf(record: ApiKeyRecord): Identity {
    const { revokedAt, disabled, createdAt } = record;
    if (disabled === true || (revokedAt !== undefined && revokedAt !== null)) {
      throw new PatronusError('token_revoked', { reason: 'api-key: disabled or revoked' });
    }
    const now = Date.now() / 1000;
    const expiresAt = record.expiresAt ?? Infinity;
    if (expiresAt <= now) throw new PatronusError('token_expired', { reason: 'api-key: expired' });
    return new Identity({
      id: record.subject,
      issuer: this.profile.issuer,
      provider: this.name,
      isService: true,
      tokenId: record.id,
      issuedAt: createdAt,
      expiresAt: Math.min(expiresAt, now + BELIEVED_FOR),
      name: record.name ?? undefined,
      tenantId: record.tenantId ?? undefined,
      roles: record.roles ?? undefined,
      permissions: record.permissions ?? undefined,
      platformRoles: record.platformRoles ?? undefined,
      platformPermissions: record.platformPermissions ?? undefined,
      scopes: record.scopes ?? undefined,
    });
  }
}

function invalid(reason: string): PatronusError {
  return new PatronusError('token_invalid', { reason: `api-key: ${reason}` });
}

function unavailable(reason: string, cause?: unknown): PatronusError {
  return new PatronusError('provider_unavailable', {
    reason: `api-key: ${reason}`,
    cause,
    retryAfter: 5,
  });
}
