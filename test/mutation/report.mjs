// Formats Stryker's report: a table, and the mutants that survived.
const SURVIVED = new Set(['Survived', 'NoCoverage']);
const IN_COPY = /\.stryker-tmp\/[^:]+\/libs\//;
const JUDGED = new Set([...SURVIVED, 'Killed', 'Timeout', 'Ignored']);

/** The text between two places of a source; lines and columns count from 1. */
function between(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join('\n');
}

const oneLine = (text) => text.replaceAll(/\s+/g, ' ').trim();

/** All mutants of a report, flat. */
export function mutantsOf(report) {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants.map(({ location, mutatorName, replacement = '', status, statusReason = '' }) => ({
      file,
      line: location.start.line,
      location,
      in: oneLine(source.split('\n')[location.start.line - 1]),
      mutator: mutatorName,
      original: oneLine(between(source, location)),
      mutated: oneLine(replacement),
      // A spec that fails while it loads, in the mutated copy, has noticed as well as any other.
      status: status === 'RuntimeError' && IN_COPY.test(statusReason) ? 'Killed' : status,
    })),
  );
}

/** Returns true if a test failed. */
export const isDead = ({ status }) => status === 'Killed' || status === 'Timeout';

/** Returns the text that identifies a mutant of a run. */
export const keyOf = ({ file, location, mutator, mutated }) =>
  JSON.stringify([file, location.start, location.end, mutator, mutated]);

/**
 * Returns the places of mutants in the format of Stryker, whose columns count from 0 here, and from
 * 1 there.
 */
export function placesOf(mutants) {
  const places = mutants.map(({ file, location: { start, end } }) => {
    return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
  });
  return [...new Set(places)];
}

const KEYS = ['file', 'in', 'mutator', 'original', 'mutated'];
const same = (left, right) => KEYS.every((key) => left[key] === right[key]);

/** Sorts the mutants into what fails the run, what was accepted, and what is accepted in vain. */
export function judge(mutants, accepted) {
  const survivors = mutants.filter(({ status }) => SURVIVED.has(status));
  const files = new Set(mutants.map(({ file }) => file));
  return {
    survivors: survivors.filter((one) => !accepted.some((entry) => same(entry, one))),
    undecided: mutants.filter(({ status }) => !JUDGED.has(status)),
    stale: accepted.filter(
      (entry) => files.has(entry.file) && !survivors.some((one) => same(entry, one)),
    ),
  };
}

/** One row a file, and one for all. */
export function tableOf(mutants) {
  const rows = new Map();
  for (const { file, status } of mutants) {
    if (status === 'Ignored') continue;
    for (const name of [file, 'all']) {
      const row = rows.get(name) ?? { mutants: 0, killed: 0, survived: 0, timeouts: 0, errors: 0 };
      rows.set(name, row);
      row.mutants += 1;
      if (status === 'Killed') row.killed += 1;
      else if (status === 'Timeout') row.timeouts += 1;
      else if (SURVIVED.has(status)) row.survived += 1;
      else row.errors += 1;
    }
  }
  const { all, ...files } = Object.fromEntries(rows);
  return all === undefined ? {} : { ...files, all };
}

/** A mutant as a reader meets it. */
export function describe({ file, line, mutator, original, mutated, status }) {
  const untested = status === 'NoCoverage' ? ', run by no test' : '';
  return `${file}:${line} (${mutator}${untested})\n  - ${original}\n  + ${mutated}`;
}
