export interface EmbeddedClusterOptions {
  /** Made where it is missing. */
  readonly folder: string;
  /** The environment variable that chooses the folder: errors name it. */
  readonly setting: string;
  /** Whose data it is, such as `patronus-sample`: what another one keeps there is refused. */
  readonly name: string;
}
