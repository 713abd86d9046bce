/** Below the `REFRESH_GRACE` of the drill's server, in milliseconds. */
const SURELY_IN_GRACE = 20_000;

/**
 * Checks the chain of refresh tokens. The acknowledged one works once: two concurrent uses share
 * one successor. The one before it returns nothing new: its known successor while that is unused,
 * and afterwards it ends the session.
 */
export async function auditChain(person, { ledger, random }, audit) {
  const session = person.sessions[Math.floor(random() * person.sessions.length)];
  if (session === undefined) return;
  const { address } = person;
  const { former, refreshToken } = session;
  if (former !== undefined && performance.now() - former.at < SURELY_IN_GRACE) {
    const what = `the answer to a refresh of ${address}, which was lost on the way`;
    const again = await audit.expect('lost', what, 200, () => audit.refresh(former.token));
    if (again !== undefined && again.body.refreshToken !== refreshToken) {
      ledger.find('doubled', `the refresh token of ${address}: another successor after the start`);
    }
  }
  const answers = await Promise.all([audit.refresh(refreshToken), audit.refresh(refreshToken)]);
  ledger.audits += 1;
  const successors = new Set(answers.map(({ body }) => body.refreshToken));
  if (answers.some(({ status }) => status !== 200)) {
    const statuses = answers.map(({ status }) => status).join(' and ');
    ledger.find('lost', `the refresh token of ${address} (${statuses})`);
    person.end([session]);
    return;
  }
  if (successors.size > 1)
    ledger.find('doubled', `the refresh token of ${address}: two successors`);
  session.advance(answers[0].body);
  if (former === undefined || random() < 0.5) return;
  await audit.expect('doubled', `the chain of ${address}, from a token that was used`, 401, () =>
    audit.refresh(former.token),
  );
  person.end([session]);
  await audit.isOver(session);
}
