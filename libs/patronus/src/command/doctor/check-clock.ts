import { error, type Finding, ok, warning } from './finding.js';

/** Default `clockTolerance` of a provider, in seconds. */
export const CLOCK_TOLERANCE = 5;

/** Uncertainty of `Date` in seconds, which has no fractions and includes the latency. */
const UNCERTAINTY = 2;

/** Headers of an answer, with the time at which it arrived. */
export interface DatedAnswer {
  readonly headers: { get(name: string): string | null };
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly at: number;
}

/**
 * Compares the clock of this machine with the `Date` of an issuer's answer (RFC 9110, section
 * 6.6.1).
 */
export function checkClock({ headers, at }: DatedAnswer): Finding {
  const date = Date.parse(headers.get('date') ?? '');
  const age = Number(headers.get('age') ?? 0);
  if (Number.isNaN(date) || Number.isNaN(age)) {
    return warning('clock_unknown', 'The issuer sends no Date.', 'Compare the clocks yourself.');
  }
  const skew = Math.round((at - date) / 1000 - age);
  if (Math.abs(skew) <= CLOCK_TOLERANCE + UNCERTAINTY) {
    return ok('clock', 'This machine and the issuer agree on the time.');
  }
  const direction = skew > 0 ? 'ahead of' : 'behind';
  return error(
    'clock_skew',
    `This machine is ${Math.abs(skew)} seconds ${direction} the issuer.`,
    'Synchronise it (NTP); tokens are refused as expired, or as issued in the future.',
  );
}
