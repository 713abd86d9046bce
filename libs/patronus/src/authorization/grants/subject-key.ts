/** Whose grants an entry of a cache holds. */
export interface SubjectKey {
  readonly issuer: string;
  readonly tenant: string | undefined;
  readonly user: string;
}

/** Which entries a purge drops; a member that is left out matches all. */
export interface PurgeFilter {
  /** The subject: `Identity.id`, of whatever issuer. */
  readonly user?: string | undefined;
  readonly tenant?: string | undefined;
}

/** One text for each key, and no other key with the same text, in UTF-8 too. No tenant reads `null`. */
export function textOf({ issuer, tenant, user }: SubjectKey): string {
  return JSON.stringify([issuer, tenant, user]);
}

/** Whether a purge drops the entry of `key`. */
export function isPurged(key: SubjectKey, { user, tenant }: PurgeFilter): boolean {
  return (
    (user === undefined || user === key.user) && (tenant === undefined || tenant === key.tenant)
  );
}
