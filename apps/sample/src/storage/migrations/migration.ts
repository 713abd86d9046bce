/** One step from an empty database to the clinic's. Once released, it never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly script: string;
}
