/** Ways to break the server, and what the drill must call each. */
export const FAULTS = {
  'answers-before-commit': {
    seenAs: ['lost'],
    what: 'answers a logout before it is committed',
    file: 'sessions/sessions.service.js',
    from: 'await this.database.db.transaction((tx) => this.endIn(tx, ids, because));',
    to: `setTimeout(() => {
            void this.database.db.transaction((tx) => this.endIn(tx, ids, because));
        }, 500);`,
  },
  'two-successors': {
    seenAs: ['doubled'],
    what: 'gives each use of a refresh token a new token of its own',
    file: 'sessions/refresh-tokens.service.js',
    from: 'const refreshToken = this.successorOf(token);',
    to: `const refreshToken = newOpaqueToken('prt');
        this.use = () => Promise.resolve(true);`,
  },
  'registers-in-two-steps': {
    seenAs: ['half'],
    what: 'creates an account and its link in two transactions',
    file: 'sign-in/registration/registration.service.js',
    from: 'await this.database.db.transaction(async (tx) => {',
    to: `await this.database.db.transaction((tx) => this.accounts.upsertByEmail(tx, email));
        await new Promise((resolve) => setTimeout(resolve, 200));
        await this.database.db.transaction(async (tx) => {`,
  },
  'forgets-what-ended': {
    seenAs: ['lost'],
    what: 'forgets at its start which sessions have ended',
    file: 'sessions/revocations.js',
    from: 'await this.#announce([...ended, ...revoked])',
    to: 'await this.#announce([])',
  },
  'ends-without-event': {
    seenAs: ['half'],
    what: 'records the end of a session in a transaction of its own, a moment later',
    file: 'sessions/sessions.service.js',
    from: 'await this.events.record(tx, ...events);',
    to: `setTimeout(() => {
            void this.database.db.transaction((later) => this.events.record(later, ...events));
        }, 500);`,
  },
  'knows-without-event': {
    seenAs: ['half'],
    what: 'makes a device known without its event, one time in ten',
    file: 'sign-in/sign-in.service.js',
    from: 'if (device === undefined || !device.isNew)',
    to: 'if (device === undefined || !device.isNew || Math.random() < 0.1)',
  },
  'numbers-twice': {
    seenAs: ['doubled'],
    what: 'gives two events the same number',
    file: 'events/audit/audit-numbers.js',
    from: 'base + row_number() over (order by ord)',
    to: 'base + (row_number() over (order by ord) + 1) / 2',
  },
  'numbers-backwards': {
    seenAs: ['misnumbered'],
    what: 'numbers the last event first',
    file: 'events/audit/audit-numbers.js',
    from: 'row_number() over (order by ord)',
    to: 'row_number() over (order by ord desc)',
  },
};
