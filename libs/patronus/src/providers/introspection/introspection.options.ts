import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { Claims } from '../../identity/identity.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { NetworkOptions } from '../../remote/network.options.js';
import type { RemoteCacheOptions } from '../../remote/remote-cache.options.js';
import type { AssertionAlgorithm } from './assertion-algorithm.js';

/** Key that authenticates an application (RFC 7523, section 2.2). */
export interface ClientKey {
  /** Private key: a JWK, PEM text (PKCS #8), or a `KeyObject`. */
  readonly privateKey: JsonWebKey | KeyObject | string;
  /** Algorithm to sign with: `ES256`. May be left out if the JWK has `alg`. */
  readonly alg?: AssertionAlgorithm | undefined;
  /** Id of the key at the server. May be left out if the JWK has `kid`. */
  readonly kid?: string | undefined;
  /** Value of `aud` in the assertion, if the server requires one other than the endpoint's URL. */
  readonly audience?: string | undefined;
}

/** Authentication of the application, with a secret or with a key. */
export type ClientAuthentication =
  | {
      /**
       * Place of the secret: in the `Authorization` header (`basic`, default) or in the form (RFC
       * 6749, section 2.3.1).
       */
      readonly clientAuthentication?: 'basic' | 'post' | undefined;
      readonly clientSecret: string;
      readonly key?: undefined;
    }
  | {
      /** Authenticates with a signed assertion (RFC 7523). */
      readonly clientAuthentication: 'private_key_jwt';
      readonly key: ClientKey;
      readonly clientSecret?: undefined;
    };

/** Members that may name the caller if an answer has no `sub` (RFC 7662, section 2.2). */
export type SubjectFallback = 'client_id' | 'username';

/** Options of {@link introspection}. */
export type IntrospectionOptions = ClientAuthentication &
  NetworkOptions & {
    /** URL of the introspection endpoint: `https://id.example.com/oauth2/introspect`. */
    readonly url: string;
    /** Client id of this application at the server. */
    readonly clientId: string;
    /**
     * Issuer (`iss`) of the server's tokens, if they are JWTs. In a list of providers these tokens
     * go to it, and an answer that names another issuer is refused. Without it, the provider takes
     * the opaque tokens, and the issuer of identities is the `iss` of the answer, or else the
     * origin of `url`.
     */
    readonly issuer?: string | undefined;
    /**
     * Audiences of which one must be in the answer's `aud`. Without it, the server alone decides.
     */
    readonly audience?: string | readonly string[] | undefined;
    /**
     * Member that names the caller if the answer has no `sub`, or several, of which the first that
     * is present counts. RFC 7662 makes all of them optional. A token for which none is present is
     * refused with 401. A caller that `client_id` names is a service.
     *
     * Subjects, user names and client ids share one list of ids. Give `username` only if the server
     * keeps them apart, and never gives a name to another account (RFC 9700, section 4.15).
     * Default: `client_id`.
     */
    readonly subjectFallback?: SubjectFallback | readonly SubjectFallback[] | undefined;
    /**
     * Value of `token_type` that an answer must have, compared without case. Give `Bearer` if the
     * server sends it for access tokens only, and calls a refresh token active too.
     */
    readonly requireTokenType?: string | undefined;
    /**
     * Maps further fields beyond the standard ones.
     *
     * @example
     * mapClaims: (answer) => ({ tenantId: String(answer['empresa_id']) })
     */
    readonly mapClaims?: ((answer: Claims) => MappedFields) | undefined;
    /** Settings of the cache for answers. */
    readonly cache?: RemoteCacheOptions | undefined;
  };
