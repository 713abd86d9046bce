import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Readers of the explanation of a denial. */
export type ExplanationAudience = 'operators' | 'callers';

/**
 * Checks the option, and determines its default.
 *
 * @param asked - the option, or undefined if it was left out
 * @throws {PatronusConfigurationError} if callers would see it in production
 */
export function explanationAudience(asked: ExplanationAudience | undefined): ExplanationAudience {
  const environment = process.env['NODE_ENV'];
  if (asked === undefined) return environment === 'development' ? 'callers' : 'operators';
  if (asked === 'operators') return asked;
  if (asked !== 'callers') {
    throw new PatronusConfigurationError(
      'explain',
      `${String(asked)} is neither 'operators' nor 'callers'.`,
      "Write one of them, or leave it out: then NODE_ENV=development means 'callers'.",
    );
  }
  if (environment !== 'production') return asked;
  throw new PatronusConfigurationError(
    'explain',
    "'callers' would show every caller the roles and rules of a production system.",
    "Write 'operators': the explanation is in the log, under the id of the decision.",
  );
}
