import { Injectable } from '@nestjs/common';
import type { Identity } from '../../identity/identity.js';
import { ClaimsPermissionSource } from './claims-permission-source.js';
import type { Grants } from './grants.js';
import type { GrantsObserver } from './grants-observer.js';
import { PermissionCache } from './permission-cache.js';
import { PermissionPolicy } from './permission-policy.js';
import { PermissionSource, type PermissionSubject } from './permission-source.js';

/** Grants, and where they came from. */
export interface GrantsOrigin {
  readonly grants: Grants;
  /** The class of the permission source. */
  readonly source: string;
  readonly from: 'token' | 'shared cache' | 'source';
  /** When the source was asked, in milliseconds since the epoch. */
  readonly askedAt: number | undefined;
}

/** The caller whose grants are looked up, and the tenant that they are looked up in. */
export interface GrantsSubject extends PermissionSubject {
  /**
   * The reason of `TenantContext.crossTenant()`, inside of it. Authority inside the caller's own tenant
   * does not count in the other one, so that only the platform's is left.
   */
  readonly crossing?: string | undefined;
}

/** Finds out what the caller of a request may do: at once where that is known, else by asking. */
@Injectable()
export class GrantsResolver {
  /** Undefined where nobody measures, as nearly always. */
  observer: GrantsObserver | undefined = undefined;
  private reads: { readonly claims: ClaimsPermissionSource | undefined } | undefined;
  private readonly compiledClaims = new WeakMap<Identity, Grants>();

  constructor(
    private readonly source: PermissionSource,
    private readonly policy: PermissionPolicy,
    private readonly cache: PermissionCache,
  ) {}

  /** Read when it is first needed: Nest may make the source after this. */
  private get claims(): ClaimsPermissionSource | undefined {
    this.reads ??= { claims: readsClaimsOnly(this.source) ? this.source : undefined };
    return this.reads.claims;
  }

  /**
   * The grants of a subject, within the scopes of its token.
   *
   * @throws {PatronusError} `provider_unavailable` where the permission source fails
   */
  grantsOf(subject: GrantsSubject): Grants | Promise<Grants> {
    return this.recall(subject) ?? this.ask(subject);
  }

  /** The same, if it is known in this process. Waits for nothing. */
  recall(subject: GrantsSubject): Grants | undefined {
    const { claims } = this;
    const known = claims === undefined ? this.find(subject) : this.ofClaims(claims, subject);
    return known && this.limit(known, subject);
  }

  /** The same, from the shared cache or from the source. */
  ask(subject: GrantsSubject): Promise<Grants> {
    return this.load(subject).then((grants) => this.limit(grants, subject));
  }

  /** What is known of a subject by now, and where it came from. Asks nobody. */
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

/** A class that extends the claims source may well answer by tenant, or later. */
function readsClaimsOnly(source: PermissionSource): source is ClaimsPermissionSource {
  return source.constructor === ClaimsPermissionSource;
}
