/**
 * A mistake in the options: it names the path of the option and the remedy, and the application
 * does not start.
 */
export class PatronusConfigurationError extends Error {
  constructor(
    /** Where the mistake is, as a reader would write it: `permissions.roles.doctor.inherits`. */
    readonly path: string,
    problem: string,
    remedy: string,
  ) {
    super(`${path}: ${problem} ${remedy}`);
    this.name = 'PatronusConfigurationError';
  }
}
