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
  /** What its first key signs with. Default: `RS256`. */
  readonly algorithm?: TestAlgorithm;
  /** The `iss` of its tokens, where that is not its URL: for a vendor whose issuer is fixed. */
  readonly issuer?: string;
  /** The path that the issuer lives under: `/realms/novah`. Default: none. */
  readonly path?: string;
  /** The claim for the `tenantId` of {@link TestIssuer.asUser}: `empresa_id`, `org_id`. */
  readonly tenantClaim?: string;
}

/** What {@link TestIssuer.token} does otherwise than usual. */
export interface TokenOverrides {
  /** Header members; an undefined one is left out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Seconds until `exp`. Default: 300. */
  readonly expiresIn?: number;
  /** The key to sign with, published or not. Default: the issuer's current one. */
  readonly key?: TestKey;
}

/**
 * An OpenID Connect issuer for tests: real keys, real signatures, a real HTTP server on this machine.
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
    /** Where it answers, with its path and without a slash at the end. */
    readonly url: string,
    /** The `iss` of its tokens: its URL, unless the options say otherwise. */
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

  /** The key that signs at the moment. */
  get key(): TestKey {
    return this.signingKey;
  }

  /** How often its documents were fetched, outages included. */
  get fetches(): { readonly discovery: number; readonly jwks: number } {
    return { ...this.server.fetches };
  }

  /**
   * A signed token: `sub` `user-1`, `aud` `test`, five minutes, unless `claims` say otherwise. An
   * undefined claim is left out.
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
   * The headers that make a request one of that user, with a token that is really signed. It has the
   * claims that every vendor names alike; what one vendor names otherwise goes into `user.claims`.
   *
   * @throws {PatronusConfigurationError} where the user has a tenant, and `tenantClaim` is not set
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

  /** Publishes one more key, which signs only where a token asks for it. */
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

  /** Publishes any JWK, good or bad, beside the others. */
  publish(jwk: JsonWebKey): void {
    this.published = [...this.published, jwk];
  }

  /** Members of the discovery document that shall say something else. */
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
      'has no claim to stand in.',
      "Name one: TestIssuer.start({ tenantClaim: 'empresa_id' }).",
    );
  }

  private discovery(): object {
    return { issuer: this.issuer, jwks_uri: this.jwksUri, ...this.metadata };
  }
}
