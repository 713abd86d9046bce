/** A change of the tables. A released migration never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly script: string;
}
