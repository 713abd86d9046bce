export const WRITES = [
  'registration',
  'verification',
  'login',
  'refresh',
  'logout',
  'reset request',
  'reset',
];
export const FAULTS = ['lost', 'half', 'doubled', 'misnumbered', 'unexpected'];
const TOLD = 5;

/** Record of acknowledged actions, interrupted ones, and faults. */
export class Ledger {
  kills = 0;
  audits = 0;
  events = 0;
  inFlight = 0;
  repeated = 0;
  acknowledged = Object.fromEntries(WRITES.map((kind) => [kind, 0]));
  interrupted = Object.fromEntries(WRITES.map((kind) => [kind, 0]));
  findings = Object.fromEntries(FAULTS.map((kind) => [kind, []]));

  constructor(say) {
    this.say = say;
  }

  /**
   * Kinds of faults:
   *
   * - `lost`: an acknowledged action has no effect.
   * - `half`: an action was carried out in part: its person cannot go on, or it has no event.
   * - `doubled`: a single-use token worked twice, or an action has two events or numbers.
   * - `misnumbered`: events have numbers with a gap or in a wrong order.
   * - `unexpected`: an answer that a correct server does not give.
   */
  find(kind, what) {
    const all = this.findings[kind];
    all.push(what);
    if (all.length <= TOLD) this.say(`${kind}: ${what}`);
  }

  get isClean() {
    return FAULTS.every((kind) => this.findings[kind].length === 0);
  }
}
