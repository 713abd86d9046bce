const COLUMNS = {
  accounts: 'id, email, email_verified_at, security_version from accounts',
  sessions: 'id, account_id, kind, ended_because from sessions',
  keys: 'kid from signing_keys',
  tokens: 'token_id from revoked_tokens',
  devices: 'device_id, account_id from device_accounts',
};

/** Reads the rows that changes leave. */
export async function readChanges(database) {
  const rows = {};
  for (const [name, columns] of Object.entries(COLUMNS)) {
    rows[name] = await database.query(`select ${columns}`, []);
  }
  return rows;
}

/**
 * Each kind of change as two lists that must be the same: what the rows say, and what the events say.
 *
 * @param mailsTo returns how many mails with a link for a new password were written to an address
 * @param refusalsOf returns how many passwords of the owner of an address were refused
 */
export function changesIn(rows, events, { mailsTo, refusalsOf }) {
  const { accounts, sessions, keys, tokens, devices } = rows;
  const of = (type, keyOf, outcome = 'success') =>
    events.filter((one) => one.action === type && one.outcome === outcome).map(keyOf);
  const subject = (event) => event.subject;
  const transaction = ({ xid }) => xid;
  const session = (event) => `${event.subject} ${event.ids.session}`;
  const device = (event) => `${event.subject} ${event.ids.device}`;
  const sessionRow = (row) => `account:${row.account_id} ${row.id}`;
  const ended = sessions.filter(({ ended_because: because }) => because !== null);
  const repeated = (count) => accounts.flatMap((row) => times(count(row), `account:${row.id}`));
  const isVerified = ({ email_verified_at: at }) => at !== null;
  return [
    {
      what: 'registrations',
      rows: repeated(() => 1),
      told: of('account.registered', subject),
    },
    {
      what: 'confirmed addresses',
      rows: repeated((row) => (isVerified(row) ? 1 : 0)),
      told: of('account.verified', subject),
    },
    {
      what: 'new passwords',
      // Confirming the address raises the version as well.
      rows: repeated((row) => row.security_version - (isVerified(row) ? 2 : 1)),
      told: of('account.password_changed', subject),
    },
    {
      what: 'requests for a new password',
      rows: repeated(({ email }) => mailsTo(email)),
      told: of('recovery.requested', subject),
    },
    {
      what: 'completed recoveries',
      rows: of('account.password_changed', transaction),
      told: of('recovery.completed', transaction),
    },
    {
      what: 'refused passwords',
      rows: repeated(({ email }) => refusalsOf(email)),
      told: of('sign_in.failed', subject, 'failure'),
    },
    {
      what: 'starts of sessions',
      rows: sessions.map((row) => `${sessionRow(row)} ${row.kind}`),
      told: of('session.started', (event) => `${session(event)} ${event.details.kind}`),
    },
    {
      what: 'sign-ins',
      rows: of('session.started', transaction),
      told: of('sign_in.succeeded', transaction),
    },
    {
      what: 'known devices',
      rows: [
        ...devices.map((row) => `account:${row.account_id} ${row.device_id}`),
        ...of('device.forgotten', device),
      ],
      told: of('device.known', device),
    },
    {
      what: 'ends of sessions',
      rows: ended.map((row) => `${sessionRow(row)} ${row.ended_because}`),
      told: of('session.ended', (event) => `${session(event)} ${event.details.because}`),
    },
    {
      what: 'refresh tokens that were used again',
      rows: ended
        .filter(({ ended_because: because }) => because === 'refresh_token_reused')
        .map(sessionRow),
      told: of('session.refreshed_reuse', session),
    },
    {
      what: 'signing keys',
      rows: keys.map(({ kid }) => kid),
      told: of('key.rotated', ({ ids }) => ids.key),
    },
    {
      what: 'revoked tokens',
      rows: tokens.map(({ token_id: id }) => id),
      told: of('token.revoked', ({ ids }) => ids.token),
    },
  ];
}

function times(count, key) {
  return Array.from({ length: Math.max(0, count) }, () => key);
}
