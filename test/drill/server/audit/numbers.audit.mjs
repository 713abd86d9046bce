/** Looks for gaps and doubles. All numbers from 1 to the counter are given, each once. */
export function auditNumbers({ of, numbers, counter }, find) {
  const given = new Set(numbers);
  const doubles = numbers.length - given.size;
  if (doubles > 0) find('doubled', `${doubles} numbers of ${of}`);
  const highest = numbers.reduce((most, one) => Math.max(most, one), 0);
  if (given.size !== highest) find('misnumbered', `${of}: ${given.size} numbers up to ${highest}`);
  if (highest !== counter) find('misnumbered', `${of}: ${highest}, but its counter is ${counter}`);
}

/**
 * Looks at the order of numbers: within a transaction, and for each subject. A person of the drill waits for
 * an answer before the next request, so events of one person are written in the order of their commits.
 *
 * @param rows in the order of writing, or in any
 * @param seen the ids of rows that have had the time to be numbered
 */
export function auditOrder({ of, rows, seen }, find) {
  const last = new Map();
  for (const row of rows.toSorted((a, b) => a.ord - b.ord)) {
    const { id, seq = Infinity, subject, xid } = row;
    for (const group of [`transaction ${xid}`, subject ?? 'nobody']) {
      const before = last.get(group) ?? 0;
      // After one that waits for its number, all others wait.
      if (seq < before || (seq === before && seq !== Infinity)) {
        find('misnumbered', `${of}: ${seq} comes after ${before}, for ${group}`);
      }
      if (group !== 'nobody') last.set(group, seq);
    }
    if (seq === Infinity && seen.has(id)) find('misnumbered', `${of}: ${id} was never numbered`);
  }
}
