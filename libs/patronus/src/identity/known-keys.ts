/** Signing keys of one issuer that this process has cached and uses. */
export interface KnownKeys {
  readonly provider: string;
  readonly issuer: string;
  /** Number of keys that are valid now. 0 if none was ever fetched, or if they are too old. */
  readonly count: number;
  /** Whole seconds since they were last fetched. Undefined if they never were. */
  readonly age: number | undefined;
}
