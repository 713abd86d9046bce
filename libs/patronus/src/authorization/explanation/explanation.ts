/** One way that a permission is granted. */
export interface GrantTrail {
  /** The pattern that covers it: `patients.*`. */
  readonly pattern: string;
  /**
   * From the role that the caller holds to the one that was given the pattern:
   * `['doctor', 'receptionist']`. Empty where it was given to the caller directly.
   */
  readonly through: readonly string[];
}

/** A permission or a role that a rule asks for. */
export interface NeedExplanation {
  readonly name: string;
  readonly held: boolean;
  readonly by: readonly GrantTrail[];
  /** Whether it was granted, and the scopes of the token do not reach it. */
  readonly beyondScopes: boolean;
}

/** One requirement of a rule. */
export interface RequirementExplanation {
  /** As it is written: `@RequirePermissions('patients.read')`, in code `permissions('patients.read')`. */
  readonly rule: string;
  /** Undefined where nobody can say: the resource was not looked at, or the grants are not known. */
  readonly met: boolean | undefined;
  /** Whose grants count: those inside the tenant, or those over the platform. */
  readonly authority?: 'tenant' | 'platform';
  readonly needs?: readonly NeedExplanation[];
  /** The branches of `@RequireAny()` or `anyOf()`, of which one must be met. */
  readonly alternatives?: readonly RequirementExplanation[];
}

/** Why a call was decided as it was. Names only: no token, no claim. */
export interface Explanation {
  readonly access: 'public' | 'optional' | 'authenticated';
  readonly tenantOptional: boolean;
  readonly caller?: {
    readonly user: string;
    readonly issuer: string;
    readonly provider: string;
    /** Whether the identity was remembered from an earlier call, rather than verified for this one. */
    readonly remembered: boolean;
    readonly scopes: readonly string[];
  };
  readonly tenant?: string;
  readonly grants?: {
    /** The class of the permission source. */
    readonly source: string;
    readonly from: 'token' | 'shared cache' | 'source';
    /** When the source was asked, as an ISO date. */
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
