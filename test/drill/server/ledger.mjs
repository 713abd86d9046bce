export const WRITES = [
  'registration',
  'verification',
  'login',
  'refresh',
  'logout',
  'reset request',
  'reset',
];
export const FAULTS = ['lost', 'half', 'doubled', 'unexpected'];
const TOLD = 5;

/** What was acknowledged, what was cut off, and what was found wrong. */
export class Ledger {
  kills = 0;
  audits = 0;
  inFlight = 0;
  repeated = 0;
  acknowledged = Object.fromEntries(WRITES.map((kind) => [kind, 0]));
  interrupted = Object.fromEntries(WRITES.map((kind) => [kind, 0]));
  findings = Object.fromEntries(FAULTS.map((kind) => [kind, []]));

  constructor(say) {
    this.say = say;
  }

  /**
   * - `lost`: what was acknowledged does not hold.
   * - `half`: something was done in part, and its person cannot go on.
   * - `doubled`: what works once worked twice.
   * - `unexpected`: an answer that nobody who is served well gets.
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
