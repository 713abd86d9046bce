import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { Claims } from '../../identity/identity.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { NetworkOptions } from '../../remote/network.options.js';
import type { RemoteCacheOptions } from '../../remote/remote-cache.options.js';
import type { AssertionAlgorithm } from './assertion-algorithm.js';

/** The key that an application proves itself with (RFC 7523, section 2.2). */
export interface ClientKey {
  /** A private key: a JWK, PEM text (PKCS #8), or a `KeyObject`. */
  readonly privateKey: JsonWebKey | KeyObject | string;
  /** What it signs with: `ES256`. May be left out where the JWK has `alg`. */
  readonly alg?: AssertionAlgorithm | undefined;
  /** The id that the server knows the key by. May be left out where the JWK has `kid`. */
  readonly kid?: string | undefined;
  /** The `aud` of the assertion, where the server wants another than the endpoint's URL. */
  readonly audience?: string | undefined;
}

/** How the application proves itself with a secret, or with a key. */
export type ClientAuthentication =
  | {
      /** In the `Authorization` header (`basic`, default) or in the form (RFC 6749, section 2.3.1). */
      readonly clientAuthentication?: 'basic' | 'post' | undefined;
      readonly clientSecret: string;
      readonly key?: undefined;
    }
  | {
      /** By a signed assertion (RFC 7523). */
      readonly clientAuthentication: 'private_key_jwt';
      readonly key: ClientKey;
      readonly clientSecret?: undefined;
    };

/** The members that may name the caller where an answer has no `sub` (RFC 7662, section 2.2). */
export type SubjectFallback = 'client_id' | 'username';

/** Options of {@link introspection}. */
export type IntrospectionOptions = ClientAuthentication &
  NetworkOptions & {
    /** The introspection endpoint: `https://id.example.com/oauth2/introspect`. */
    readonly url: string;
    /** Who this application is to the server. */
    readonly clientId: string;
    /**
     * The `iss` of the server's tokens, where they are JWTs: in a list of providers these tokens go to
     * it, and an answer that names another issuer is refused. Left out, it takes the opaque tokens, and
     * identities are vouched for by the `iss` of the answer, or else by the origin of `url`.
     */
    readonly issuer?: string | undefined;
    /** One of these must stand in the answer's `aud`. Left out, the server alone decides. */
    readonly audience?: string | readonly string[] | undefined;
    /**
     * The member that names the caller where the answer has no `sub`, or several, of which the first that
     * is there counts. RFC 7662 makes all of them optional; a token for which none is there is refused
     * with 401. A caller that `client_id` names is a service.
     *
     * Subjects, user names and client ids share one list of ids: give `username` only where the server
     * keeps them apart, and never gives a name to another account (RFC 9700, section 4.15). Default:
     * `client_id`.
     */
    readonly subjectFallback?: SubjectFallback | readonly SubjectFallback[] | undefined;
    /**
     * The `token_type` that an answer must have, in any case: `Bearer` where the server names it for
     * access tokens only, and calls a refresh token active too.
     */
    readonly requireTokenType?: string | undefined;
    /**
     * Fields to set beyond the standard ones.
     *
     * @example
     * mapClaims: (answer) => ({ tenantId: String(answer['empresa_id']) })
     */
    readonly mapClaims?: ((answer: Claims) => MappedFields) | undefined;
    /** How answers are kept. */
    readonly cache?: RemoteCacheOptions | undefined;
  };
