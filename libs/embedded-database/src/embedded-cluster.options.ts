export interface EmbeddedClusterOptions {
  /** Folder of the data. Created if it is missing. */
  readonly folder: string;
  /** Environment variable that chooses the folder, for errors. */
  readonly setting: string;
  /**
   * Name of the application, such as `patronus-sample`. A folder of another application is refused.
   */
  readonly name: string;
}
