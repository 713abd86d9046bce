import { InvalidArgumentError } from 'commander';

/** Parses an option that is a whole number in a range. */
export function wholeNumber(least: number, most: number): (option: string) => number {
  return (option) => {
    const value = Number(option);
    if (/^-?\d+$/.test(option) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}
