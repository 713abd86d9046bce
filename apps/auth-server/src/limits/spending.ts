/** One limit after a request was counted. */
export interface QuotaState {
  readonly name: string;
  /** Requests in one window. */
  readonly limit: number;
  /** In seconds. */
  readonly window: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly reset: number;
}

/** What became of a request that was counted. */
export interface Spending {
  /** Those that were asked, up to the one that refused. */
  readonly quotas: readonly QuotaState[];
  /** Seconds until a retry makes sense. Undefined: the request may go on. */
  readonly retryAfter?: number;
}
