import { Injectable } from '@nestjs/common';
import type { Identity } from '../../identity/identity.js';
import { ClaimsPermissionSource } from './claims-permission-source.js';
import type { Grants } from './grants.js';
import type { GrantsObserver } from './grants-observer.js';
import { PermissionCache } from './permission-cache.js';
import { PermissionPolicy } from './permission-policy.js';
import { PermissionSource, type PermissionSubject } from './permission-source.js';

/** Grants with their origin. */
export interface GrantsOrigin {
  readonly grants: Grants;
  /** Class of the permission source. */
  readonly source: string;
  readonly from: 'token' | 'shared cache' | 'source';
  /** Time at which the source was called, in milliseconds since the epoch. */
  readonly askedAt: number | undefined;
}

/** Caller whose grants are looked up, with the tenant that they are looked up in. */
export interface GrantsSubject extends PermissionSubject {
  /**
   * Reason given to `TenantContext.crossTenant()`, inside of it. Authority inside the caller's own
   * tenant does not count in the other one, so that only the platform's is left.
   */
  readonly crossing?: string | undefined;
}

/** Looks up the grants of the caller of a request. Synchronous if they are cached. */
@Injectable()
export class GrantsResolver {
  /** Undefined unless metrics or traces are enabled. */
  observer: GrantsObserver | undefined = undefined;
  private reads: { readonly claims: ClaimsPermissionSource | undefined } | undefined;
  private readonly compiledClaims = new WeakMap<Identity, Grants>();

  constructor(
    private readonly source: PermissionSource,
    private readonly policy: PermissionPolicy,
    private readonly cache: PermissionCache,
  ) {}

  /** Read on first use, because Nest may create the source after this. */
  private get claims(): ClaimsPermissionSource | undefined {
    this.reads ??= { claims: readsClaimsOnly(this.source) ? this.source : undefined };
    return this.reads.claims;
  }

  /**
   * Returns the grants of a subject, within the scopes of its token.
   *
   * @throws {PatronusError} `provider_unavailable` if the permission source fails
   */
  grantsOf(subject: GrantsSubject): Grants | Promise<Grants> {
    return this.recall(subject) ?? this.ask(subject);
  }

  /** Returns the same grants if they are cached in this process. Synchronous. */
  recall(subject: GrantsSubject): Grants | undefined {
    const { claims } = this;
    const known = claims === undefined ? this.find(subject) : this.ofClaims(claims, subject);
    return known && this.limit(known, subject);
  }

  /** Returns the same grants from the shared cache or from the source. */
  ask(subject: GrantsSubject): Promise<Grants> {
    return this.load(subject).then((grants) => this.limit(grants, subject));
  }

  /** Returns the cached grants of a subject with their origin. Makes no look-up. */
  known(subject: GrantsSubject): GrantsOrigin | undefined {
    const { claims } = this;
    if (claims !== undefined) {
      const grants = this.limit(this.ofClaims(claims, subject), subject);
      return { grants, source: 'the claims of the token', from: 'token', askedAt: undefined };
    }
    const known = this.cache.find(subject);
    if (known === undefined) return undefined;
    const { from, askedAt } = known;
    const grants = this.limit(known.grants, subject);
    return { grants, source: this.source.constructor.name, from, askedAt };
  }

  private limit(grants: Grants, { identity, crossing }: GrantsSubject): Grants {
    const usable = crossing === undefined ? grants : grants.platformOnly();
    return this.policy.limit(usable, identity.scopes);
  }

  private find(subject: PermissionSubject): Grants | undefined {
    const known = this.cache.find(subject)?.grants;
    this.observer?.looked(known !== undefined);
    return known;
  }

  private load({ identity, tenantId }: PermissionSubject): Promise<Grants> {
    const { observer } = this;
    const subject = { identity, tenantId };
    if (observer === undefined) return this.cache.load(subject);
    return observer.lookingUp(() => this.cache.load(subject));
  }

  private ofClaims(claims: ClaimsPermissionSource, subject: PermissionSubject): Grants {
    const known = this.compiledClaims.get(subject.identity);
    if (known !== undefined) return known;
    const grants = this.policy.compile(claims.grantsOf(subject));
    this.compiledClaims.set(subject.identity, grants);
    return grants;
  }
}

/**
 * True for the claims source itself only: a class that extends it may answer by tenant, or
 * asynchronously.
 */
function readsClaimsOnly(source: PermissionSource): source is ClaimsPermissionSource {
  return source.constructor === ClaimsPermissionSource;
}
