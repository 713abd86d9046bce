import { Injectable } from '@nestjs/common';
import type { Identity } from '../identity/identity.js';
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
  grantsOf(subject: PermissionSubject): Grants | Promise<Grants> {
    const { scopes } = subject.identity;
    const { claims } = this;
    const known = claims === undefined ? this.find(subject) : this.ofClaims(claims, subject);
    if (known !== undefined) return this.policy.limit(known, scopes);
    return this.load(subject).then((grants) => this.policy.limit(grants, scopes));
  }

  /** What is known of a subject by now, and where it came from. Asks nobody. */
  known(subject: PermissionSubject): GrantsOrigin | undefined {
    const { scopes } = subject.identity;
    const { claims } = this;
    if (claims !== undefined) {
      const grants = this.policy.limit(this.ofClaims(claims, subject), scopes);
      return { grants, source: 'the claims of the token', from: 'token', askedAt: undefined };
    }
    const known = this.cache.find(subject);
    if (known === undefined) return undefined;
    const { from, askedAt } = known;
    const grants = this.policy.limit(known.grants, scopes);
    return { grants, source: this.source.constructor.name, from, askedAt };
  }

  private find(subject: PermissionSubject): Grants | undefined {
    const known = this.cache.find(subject)?.grants;
    this.observer?.looked(known !== undefined);
    return known;
  }

  private load(subject: PermissionSubject): Promise<Grants> {
    const { observer } = this;
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
