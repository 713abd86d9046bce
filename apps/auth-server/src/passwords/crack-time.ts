/** Guesses a second against a slow hash, by somebody who stole it. */
const GUESSES_PER_SECOND = 10_000;

const UNITS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 31],
  ['month', 12],
  ['year', 100],
] as const;

/** How long that many guesses take, in words: `less than a second`, `3 hours`, `centuries`. */
export function crackTime(guesses: number): string {
  let amount = guesses / GUESSES_PER_SECOND;
  if (amount < 1) return 'less than a second';
  for (const [unit, size] of UNITS) {
    const rounded = Math.round(amount);
    if (rounded < size) return rounded === 1 ? `1 ${unit}` : `${rounded} ${unit}s`;
    amount /= size;
  }
  return 'centuries';
}
