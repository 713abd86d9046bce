/** Draws ranks from 0 to `count - 1`: the second comes half as often as the first, and so on. */
export function zipf(count) {
  const cumulative = new Float64Array(count);
  let total = 0;
  for (let index = 0; index < count; index++) cumulative[index] = total += 1 / (index + 1);
  return () => rankOf(cumulative, Math.random() * total);
}

function rankOf(cumulative, value) {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
