export interface EmbeddedClusterOptions {
  /** The data folder. Created if it is missing. */
  readonly folder: string;
  /** The environment variable of the folder, for error messages. */
  readonly setting: string;
  /** The name of the application, such as `patronus-sample`. Data of another application is refused. */
  readonly name: string;
}
