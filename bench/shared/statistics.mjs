/** The value that a share of the sorted values lies below; between two values, the lower one. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export function median(values) {
  const sorted = Float64Array.from(values).toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of one value over the other, round by round: noise of a round hits both. */
export function medianRatio(values, base) {
  return median(values.map((value, round) => value / base[round]));
}
