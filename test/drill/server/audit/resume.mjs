/** Repeats an unanswered action. It was done completely, or not at all. */
export async function resume(person, { inbox, client, ledger }, audit) {
  const { doing, token, address } = person;
  person.doing = undefined;
  switch (doing?.kind) {
    case 'registration':
      return lookForMail();
    case 'verification':
      return verifyAgain();
    case 'refresh':
      return refreshAgain(doing.session);
    case 'logout':
      return logOutAgain(doing.session);
    case 'reset':
      return resetAgain(doing.passwords);
    case 'reset request':
      // The mail of the unacknowledged one may be there, and the next one withdraws its link.
      return inbox.read();
    default:
      return undefined;
  }

  /** A person with a mail does not register again: two links would compete for the password. */
  async function lookForMail() {
    if (!(await inbox.has(address, 'verification'))) return;
    person.stage = 'registered';
    person.mails.verification += 1;
  }

  async function verifyAgain() {
    const { status } = await client.post('/api/v1/auth/verify-email', { token });
    person.token = undefined;
    person.stage = 'confirmed';
    if (status === 200) return;
    await audit.expect('half', `${address}: the link is used, and nobody gets in`, 200, () =>
      audit.logIn(person.password),
    );
  }

  async function refreshAgain(session) {
    const { refreshToken } = session;
    const what = `the session of ${address}, after a refresh that was not answered`;
    const answer = await audit.expect('half', what, 200, () => audit.refresh(refreshToken));
    if (answer === undefined) person.end([session]);
    else session.advance(answer.body);
  }

  async function logOutAgain(session) {
    const { refreshToken } = session;
    const what = `the session of ${address}, after a logout that was not answered`;
    await audit.expect('half', what, 204, () =>
      client.post('/api/v1/auth/logout', { refreshToken }),
    );
    person.end([session]);
  }

  async function resetAgain(passwords) {
    const before = person.password;
    for (const password of [...passwords, before]) {
      const { status } = await audit.logIn(password);
      if (status !== 200) continue;
      if (password !== before) return person.hasPassword(password);
      const [next] = passwords;
      const again = { token, password: next };
      const what = `the reset of ${address}: it was not done, and cannot be`;
      await audit.expect('half', what, 204, () =>
        client.post('/api/v1/auth/reset-password', again),
      );
      return person.hasPassword(next);
    }
    ledger.find('half', `${address}: neither the password before the reset nor the new one counts`);
    return undefined;
  }
}
