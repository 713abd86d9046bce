import { Injectable } from '@nestjs/common';
import type { Identity } from '../identity/identity.js';
import { ClaimsPermissionSource } from './claims-permission-source.js';
import type { Grants } from './grants.js';
import { PermissionCache } from './permission-cache.js';
import { PermissionPolicy } from './permission-policy.js';
import { PermissionSource, type PermissionSubject } from './permission-source.js';

/** Finds out what the caller of a request may do: at once where that is known, else by asking. */
@Injectable()
export class GrantsResolver {
  private readonly claims: ClaimsPermissionSource | undefined;
  private readonly compiledClaims = new WeakMap<Identity, Grants>();

  constructor(
    source: PermissionSource,
    private readonly policy: PermissionPolicy,
    private readonly cache: PermissionCache,
  ) {
    this.claims = readsClaimsOnly(source) ? source : undefined;
  }

  /**
   * The grants of a subject, within the scopes of its token.
   *
   * @throws {PatronusError} `provider_unavailable` where the permission source fails
   */
  grantsOf(subject: PermissionSubject): Grants | Promise<Grants> {
    const { scopes } = subject.identity;
    const known =
      this.claims === undefined ? this.cache.find(subject) : this.ofClaims(this.claims, subject);
    if (known !== undefined) return this.policy.limit(known, scopes);
    return this.cache.load(subject).then((grants) => this.policy.limit(grants, scopes));
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
