import { availableParallelism } from 'node:os';
import { FAULTS, WRITES } from './ledger.mjs';

const TITLES = {
  lost: 'acknowledged, but lost',
  half: 'done in part, or stuck',
  doubled: 'worked twice, or exists twice',
  misnumbered: 'numbered with a gap, or out of order',
  unexpected: 'refused without a reason',
};

/** @param runs `{ name, ledger }` of each storage */
export function markdownOf(runs, { seed, seconds, controls }) {
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  const figures = (title, of) => row(title, ...runs.map(({ ledger }) => of(ledger)));
  const number = (value) => Math.round(value).toLocaleString('en');
  return [
    `Node ${process.version}, ${availableParallelism()} cores, seed ${seed}, ${seconds} s.`,
    '',
    row('', ...runs.map(({ name }) => name)),
    row('---', ...runs.map(() => '--:')),
    figures('kills under load', ({ kills }) => number(kills)),
    figures('requests in flight at a kill, mean', ({ inFlight, kills }) =>
      number(inFlight / kills),
    ),
    ...WRITES.map((kind) =>
      figures(
        `${kind}: acknowledged (not answered)`,
        ({ acknowledged, interrupted }) =>
          `${number(acknowledged[kind])} (${number(interrupted[kind])})`,
      ),
    ),
    figures('events checked', ({ events }) => number(events)),
    figures('guarantees checked', ({ audits }) => number(audits)),
    figures('requests repeated after a 503', ({ repeated }) => number(repeated)),
    ...FAULTS.map((kind) =>
      figures(`**${TITLES[kind]}**`, ({ findings }) => `**${number(findings[kind].length)}**`),
    ),
    ...(controls.length === 0 ? [] : ['', ...controlRows(controls, row)]),
  ].join('\n');
}

function controlRows(controls, row) {
  return [
    row('control: a server that', 'the drill finds', 'after'),
    row('---', '---', '--:'),
    ...controls.map(({ what, seenAs, ledger }) =>
      row(
        what,
        isSeen({ seenAs, ledger }) ? seenAs.join(', ') : '**nothing**',
        `${ledger.kills} ${ledger.kills === 1 ? 'kill' : 'kills'}`,
      ),
    ),
  ];
}

/** Returns true if the drill identified a fault correctly. */
export function isSeen({ seenAs, ledger }) {
  return seenAs.some((kind) => ledger.findings[kind].length > 0);
}
