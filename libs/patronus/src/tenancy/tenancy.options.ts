/** Where a request's tenant comes from. */
export interface TenancyOptions {
  /**
   * The claim that holds the tenant (`empresa_id`): a string, or a whole number. Left out, it is
   * the tenant that the identity provider itself names (`Identity.tenantId`).
   */
  readonly claim?: string | undefined;
  /** A header that repeats the tenant. It never sets one: a value that differs is refused. */
  readonly header?: string | undefined;
}
