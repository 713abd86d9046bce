/** The signing keys of one issuer that this process knows and uses. */
export interface KnownKeys {
  readonly provider: string;
  readonly issuer: string;
  /** How many count right now; 0 where none was ever fetched, or they are too old. */
  readonly count: number;
  /** Whole seconds since they were last fetched; undefined where they never were. */
  readonly age: number | undefined;
}
