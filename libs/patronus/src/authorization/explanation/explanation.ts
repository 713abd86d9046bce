/** One way in which a permission is granted. */
export interface GrantTrail {
  /** Pattern that covers it: `patients.*`. */
  readonly pattern: string;
  /**
   * Roles from the one that the caller has to the one that the pattern was given to:
   * `['doctor', 'receptionist']`. Empty if the pattern was given to the caller directly.
   */
  readonly through: readonly string[];
}

/** Permission or role that a rule requires. */
export interface NeedExplanation {
  readonly name: string;
  readonly held: boolean;
  readonly by: readonly GrantTrail[];
  /** True if it was granted, but the scopes of the token do not reach it. */
  readonly beyondScopes: boolean;
}

/** One requirement of a rule. */
export interface RequirementExplanation {
  /**
   * Requirement as it is written: `@RequirePermissions('patients.read')`, in code
   * `permissions('patients.read')`.
   */
  readonly rule: string;
  /** Undefined if it is not known: the resource was not loaded, or the grants are not known. */
  readonly met: boolean | undefined;
  /** Authority that counts: the one inside the tenant, or the one over the platform. */
  readonly authority?: 'tenant' | 'platform';
  readonly needs?: readonly NeedExplanation[];
  /** Branches of `@RequireAny()` or `anyOf()`, of which one must be met. */
  readonly alternatives?: readonly RequirementExplanation[];
}

/** Reasons for the decision on a call. Holds names only: no token, no claim. */
export interface Explanation {
  readonly access: 'public' | 'optional' | 'authenticated';
  readonly tenantOptional: boolean;
  readonly caller?: {
    readonly user: string;
    readonly issuer: string;
    readonly provider: string;
    /** True if the identity came from the cache, rather than being verified for this call. */
    readonly remembered: boolean;
    readonly scopes: readonly string[];
  };
  readonly tenant?: string;
  readonly grants?: {
    /** Class of the permission source. */
    readonly source: string;
    readonly from: 'token' | 'shared cache' | 'source';
    /** Time at which the source was called, as an ISO date. */
    readonly askedAt?: string;
    readonly roles: readonly string[];
    readonly permissions: readonly string[];
    readonly platformRoles: readonly string[];
    readonly platformPermissions: readonly string[];
  };
  readonly requirements: readonly RequirementExplanation[];
  /** Hints at a mistake, such as a claim `role` where `roles` is read. */
  readonly notes?: readonly string[];
}
