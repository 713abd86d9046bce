/**
 * Mistake in the options. It names the path of the option and the remedy, and the application does
 * not start.
 */
export class PatronusConfigurationError extends Error {
  constructor(
    /** Path of the option, as a reader would write it: `permissions.roles.doctor.inherits`. */
    readonly path: string,
    problem: string,
    remedy: string,
  ) {
    super(`${path}: ${problem} ${remedy}`);
    this.name = 'PatronusConfigurationError';
  }
}
