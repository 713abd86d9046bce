/** Subject and tenant of an entry of a cache. */
export interface SubjectKey {
  readonly issuer: string;
  readonly tenant: string | undefined;
  readonly user: string;
}

/** Selects the entries that a purge drops: those that match every given member. */
export interface PurgeFilter {
  /** Subject (`Identity.id`), of any issuer. */
  readonly user?: string | undefined;
  readonly tenant?: string | undefined;
}

/** Returns a text that is unique for each key, in UTF-8 too. No tenant is written as `null`. */
export function textOf({ issuer, tenant, user }: SubjectKey): string {
  return JSON.stringify([issuer, tenant, user]);
}

/** Returns true if a purge drops the entry of `key`. */
export function isPurged(key: SubjectKey, { user, tenant }: PurgeFilter): boolean {
  return (
    (user === undefined || user === key.user) && (tenant === undefined || tenant === key.tenant)
  );
}
