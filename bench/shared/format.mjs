/** A Markdown table. The first column is text, the others are numbers. */
export function table(head, rows) {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function ratio(value) {
  return value.toFixed(2);
}

export function count(value) {
  return Math.round(value).toLocaleString('en-US');
}

export function nanoseconds(value) {
  return value < 10_000 ? `${count(value)} ns` : `${(value / 1000).toFixed(1)} µs`;
}
