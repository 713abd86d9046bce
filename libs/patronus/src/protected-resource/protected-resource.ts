import { scopesIn } from '../authorization/rules/requirement.js';
import type { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PROOF_ALGORITHMS } from '../errors/proof-algorithms.js';
import type { IdentityProvider } from '../identity/identity-provider.js';
import { isSecureUrl } from '../identity/secure-url.js';
import {
  checkProtectedResource,
  type ProtectedResourceOptions,
} from './protected-resource.options.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Metadata of a protected resource (RFC 9728, section 2). */
export interface ProtectedResourceMetadata {
  readonly resource: string;
  readonly authorization_servers?: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly bearer_methods_supported: readonly 'header'[];
  readonly resource_name?: string;
  readonly resource_documentation?: string;
  readonly resource_policy_uri?: string;
  readonly resource_tos_uri?: string;
  readonly dpop_signing_alg_values_supported?: readonly string[];
  readonly dpop_bound_access_tokens_required?: boolean;
}

/** Other options of the application that the metadata depends on. */
export interface ResourceSurroundings {
  readonly provider: IdentityProvider;
  readonly rules: RuleRegistry;
  /** Scopes of `permissions.scopes`. */
  readonly scopes: readonly string[];
  /** Issuers of `dpop.requiredFor`. */
  readonly dpopRequiredFor: readonly string[];
}

/** Protected resource that describes itself to clients (RFC 9728). */
export class ProtectedResource {
  /**
   * Path of the metadata on this server, regardless of the prefix of its routes (RFC 9728, section
   * 3.1).
   */
  readonly path: string;
  /** URL of the metadata for clients: `resource_metadata` of a challenge (section 5.1). */
  readonly url: string;
  readonly #options: ProtectedResourceOptions;
  #metadata: ProtectedResourceMetadata | undefined;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError}
   */
  constructor(
    options: ProtectedResourceOptions,
    private readonly surroundings: ResourceSurroundings,
  ) {
    this.#options = checkProtectedResource(options);
    const { origin, pathname } = new URL(options.resource);
    this.path = `${WELL_KNOWN}${pathname === '/' ? '' : pathname}`;
    this.url = `${origin}${this.path}`;
  }

  /** Metadata, created on first use, when all controllers are known. */
  get metadata(): ProtectedResourceMetadata {
    return (this.#metadata ??= this.#describe());
  }

  #describe(): ProtectedResourceMetadata {
    const { resource, name, documentation, policy, terms } = this.#options;
    const { provider, dpopRequiredFor } = this.surroundings;
    const { authorizationServers = provider.issuers.filter(isSecureUrl) } = this.#options;
    const scopes = this.#options.scopes ?? this.#knownScopes();
    const takesTokens = provider.schemes.includes('bearer');
    const bindsAll = authorizationServers.every((one) => dpopRequiredFor.includes(one));
    return {
      resource,
      ...(authorizationServers.length > 0 && { authorization_servers: authorizationServers }),
      ...(scopes.length > 0 && { scopes_supported: scopes }),
      bearer_methods_supported: takesTokens ? ['header'] : [],
      ...(name !== undefined && { resource_name: name }),
      ...(documentation !== undefined && { resource_documentation: documentation }),
      ...(policy !== undefined && { resource_policy_uri: policy }),
      ...(terms !== undefined && { resource_tos_uri: terms }),
      ...(takesTokens && { dpop_signing_alg_values_supported: PROOF_ALGORITHMS }),
      ...(authorizationServers.length > 0 &&
        bindsAll && { dpop_bound_access_tokens_required: true }),
    };
  }

  #knownScopes(): readonly string[] {
    const { rules, scopes } = this.surroundings;
    const asked = rules
      .all()
      .flatMap(({ rule }) => rule.requirements)
      .flatMap(scopesIn);
    return [...new Set([...scopes, ...asked])].toSorted();
  }
}
