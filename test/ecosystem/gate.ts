/** Lets callers through once `expected` have come. */
export class Gate {
  private readonly opened = Promise.withResolvers<void>();
  private come = 0;

  constructor(private readonly expected: number) {}

  pass(): Promise<void> {
    this.come += 1;
    if (this.come === this.expected) this.opened.resolve();
    return this.opened.promise;
  }
}
