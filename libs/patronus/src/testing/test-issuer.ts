import type { JsonWebKey } from 'node:crypto';
import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { IssuerServer, type Outage } from './issuer-server.js';
import { TestKey, type TestAlgorithm } from './test-key.js';
import type { UserHeaders } from './users/as-user.js';
import { claimsOfUser } from './users/claims-of-user.js';
import type { TestUser } from './users/test-user.js';

/** Options of {@link TestIssuer.start}. */
export interface TestIssuerOptions {
  /** Algorithm of its first key. Default: `RS256`. */
  readonly algorithm?: TestAlgorithm;
  /** Issuer (`iss`) of its tokens, if that is not its URL: for a vendor whose issuer is fixed. */
  readonly issuer?: string;
  /** Path of the issuer: `/realms/novah`. Default: none. */
  readonly path?: string;
  /** Claim for the `tenantId` of {@link TestIssuer.asUser}: `empresa_id`, `org_id`. */
  readonly tenantClaim?: string;
}

/** Deviations from the defaults of {@link TestIssuer.token}. */
export interface TokenOverrides {
  /** Header members. An undefined one is left out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Seconds until `exp`. Default: 300. */
  readonly expiresIn?: number;
  /** Key to sign with, published or not. By default the issuer's current one. */
  readonly key?: TestKey;
}

/**
 * OpenID Connect issuer for tests: real keys, real signatures, a real HTTP server on this machine.
 *
 * @example
 * const issuer = await TestIssuer.start();
 * const provider = oidc({ issuer: issuer.url, audience: 'test' });
 * const token = await issuer.token({ sub: 'ana', roles: ['doctor'] });
 * await issuer.stop();
 */
export class TestIssuer {
  private published: JsonWebKey[] = [];
  private metadata: object = {};

  private constructor(
    /** URL of the issuer, with its path and without a slash at the end. */
    readonly url: string,
    /** Issuer (`iss`) of its tokens. By default its URL. */
    readonly issuer: string,
    private readonly server: IssuerServer,
    private signingKey: TestKey,
    private readonly tenantClaim: string | undefined,
  ) {}

  static async start(options: TestIssuerOptions = {}): Promise<TestIssuer> {
    checkMembers('TestIssuer.start', options, ['algorithm', 'issuer', 'path', 'tenantClaim']);
    const { algorithm = 'RS256', path = '' } = options;
    const key = await TestKey.generate(algorithm);
    const server: IssuerServer = new IssuerServer(
      { discovery: () => issuer.discovery(), jwks: () => ({ keys: issuer.published }) },
      path,
    );
    const url = `${await server.listen()}${path}`;
    const { issuer: iss = url, tenantClaim } = options;
    const issuer: TestIssuer = new TestIssuer(url, iss, server, key, tenantClaim);
    issuer.publish(key.jwk);
    return issuer;
  }

  get jwksUri(): string {
    return `${this.url}/jwks`;
  }

  /** Key that signs at the moment. */
  get key(): TestKey {
    return this.signingKey;
  }

  /** Number of requests for its documents, outages included. */
  get fetches(): { readonly discovery: number; readonly jwks: number } {
    return { ...this.server.fetches };
  }

  /**
   * Signs a token. By default `sub` is `user-1`, `aud` is `test`, and it is valid for five minutes;
   * `claims` override them. An undefined claim is left out.
   */
  async token(
    claims: Readonly<Record<string, unknown>> = {},
    overrides: TokenOverrides = {},
  ): Promise<string> {
    checkMembers('TestIssuer.token', overrides, ['header', 'expiresIn', 'key']);
    const { header, expiresIn = 300, key = this.signingKey } = overrides;
    const now = Math.floor(Date.now() / 1000);
    const defaults = {
      iss: this.issuer,
      sub: 'user-1',
      aud: 'test',
      iat: now,
      exp: now + expiresIn,
    };
    return key.sign(
      JSON.stringify({ alg: key.algorithm, typ: 'JWT', kid: key.kid, ...header }),
      JSON.stringify({ ...defaults, ...claims }),
    );
  }

  /**
   * Returns the headers of a request of that user, with a signed token. It has the claims that
   * every vendor names alike. Claims with other names go into `user.claims`.
   *
   * @throws {PatronusConfigurationError} if the user has a tenant, and `tenantClaim` is not set
   * @example
   * await request(server).get('/patients').set(await issuer.asUser({ permissions: ['patients.read'] }));
   */
  async asUser(user: TestUser = {}, overrides: TokenOverrides = {}): Promise<UserHeaders> {
    const claims = { ...claimsOfUser(user), ...this.tenantOf(user) };
    return { authorization: `Bearer ${await this.token(claims, overrides)}` };
  }

  /** Signs with a new key from now on, of the same algorithm, and publishes it. */
  async rotate(options: { readonly keepOld?: boolean } = {}): Promise<TestKey> {
    checkMembers('TestIssuer.rotate', options, ['keepOld']);
    const { keepOld = false } = options;
    const old = this.signingKey;
    this.signingKey = await this.addKey({ algorithm: old.algorithm });
    if (!keepOld) this.removeKey(old.kid);
    return this.signingKey;
  }

  /** Publishes an additional key, which signs only if a token asks for it. */
  async addKey(
    options: { readonly algorithm?: TestAlgorithm; readonly jwk?: JsonWebKey } = {},
  ): Promise<TestKey> {
    checkMembers('TestIssuer.addKey', options, ['algorithm', 'jwk']);
    const key = await TestKey.generate(options.algorithm ?? this.signingKey.algorithm, options.jwk);
    this.publish(key.jwk);
    return key;
  }

  removeKey(kid: string): void {
    this.published = this.published.filter((jwk) => jwk['kid'] !== kid);
  }

  /** Publishes any JWK, valid or not, beside the others. */
  publish(jwk: JsonWebKey): void {
    this.published = [...this.published, jwk];
  }

  /** Replaces members of the discovery document. */
  announce(metadata: object): void {
    this.metadata = metadata;
  }

  /** Fails from now on, until {@link recover}. */
  outage(kind: Outage): void {
    this.server.outage = kind;
  }

  recover(): void {
    this.server.outage = undefined;
  }

  stop(): Promise<void> {
    return this.server.close();
  }

  private tenantOf({ tenantId }: TestUser): Readonly<Record<string, string>> {
    if (tenantId === undefined) return {};
    if (this.tenantClaim !== undefined) return { [this.tenantClaim]: tenantId };
    throw new PatronusConfigurationError(
      'user.tenantId',
      'has no claim.',
      "Name one: TestIssuer.start({ tenantClaim: 'empresa_id' }).",
    );
  }

  private discovery(): object {
    return { issuer: this.issuer, jwks_uri: this.jwksUri, ...this.metadata };
  }
}
