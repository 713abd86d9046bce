import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { AccountsService } from '../../../apps/auth-server/src/accounts/accounts.service.js';
import { Anonymiser } from '../../../apps/auth-server/src/accounts/anonymiser.job.js';
import { RetentionJob } from '../../../apps/auth-server/src/operation/retention/retention-rules.js';
import { SignInService } from '../../../apps/auth-server/src/sign-in/sign-in.service.js';
import {
  logIn,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  register,
  registered,
  tokensOf,
  verifyEmail,
} from '../support/people.js';
import { STORAGES } from '../support/platform-storage.js';
import { ChangesBed } from './changes-bed.js';
import { eventsOf } from './event-log.js';

const DAY = 24 * 60 * 60;

describe.each(STORAGES)('a change of an account or a session on %s', (storage) => {
  let bed: ChangesBed;
  beforeAll(async () => {
    bed = await ChangesBed.start(storage);
  });
  afterAll(() => bed.close());

  it('of a registration, a confirmation and a new registration', async () => {
    const email = newAddress();
    const made = await bed.during(undefined, () => register(bed.platform, email));
    const account = await bed.accountOf(email);
    expect(made.names).toEqual([`account.registered by undefined of ${account}`]);
    expect(made.events[0]).toMatchObject({
      requestId: expect.any(String),
      actorPart: { device: 'node', address: expect.stringMatching(/127\.0\.0\.1|::1/) },
    });
    const token = await bed.platform.tokenMailedTo(email);
    const { names } = await bed.during(account, () => verifyEmail(bed.platform, token));
    expect(names).toEqual(['account.verified by owner of owner']);
    const again = await bed.during(account, () => register(bed.platform, email));
    expect(again.names).toEqual(['account.registered failure by undefined of owner']);
  });

  it('of a confirmation with a name', async () => {
    const { events } = await bed.during(undefined, () =>
      registered(bed.platform, { name: 'Ana', username: 'ana' }),
    );
    expect(events.at(-1)).toMatchObject({
      action: 'account.verified',
      subjectPart: {
        changes: { name: [null, 'Ana'], username: [null, 'ana'] },
        details: { needsPassword: false },
      },
    });
  });

  it('of a login, a logout and the end of all sessions', async () => {
    const { email, account, accessToken, session } = await bed.person();
    const login = await bed.during(account, () => logIn(bed.platform, email));
    expect(login.names).toEqual([
      'sign_in.succeeded by owner of owner',
      'device.known by owner of owner',
      'session.started by owner of owner',
    ]);
    expect(login.events.map(({ subjectPart }) => subjectPart)).toEqual([
      { details: { methods: ['pwd'] }, ids: {} },
      { ids: { device: expect.any(String) } },
      { details: { kind: 'api' }, ids: { session: expect.any(String) } },
    ]);
    const logout = await bed.during(account, () => bed.api('POST', 'auth/logout', {}, accessToken));
    expect(logout.names).toEqual(['session.ended by owner of owner']);
    expect(logout.events[0]?.subjectPart).toEqual({
      details: { because: 'logout' },
      ids: { session },
    });
    // It has ended already.
    const again = await bed.during(account, () =>
      bed.platform.api('POST', '/api/v1/auth/logout', {}, accessToken),
    );
    expect(again.names).toEqual([]);
    const { accessToken: other } = await tokensOf(bed.platform, email);
    const all = await bed.during(account, () => bed.api('POST', 'auth/logout-all', {}, other));
    expect(all.names).toEqual([
      'session.ended by owner of owner',
      'session.ended by owner of owner',
    ]);
  });

  it('of no login of an account that has changed since its password was verified', async () => {
    const { email, account } = await bed.person();
    const accounts = bed.platform.app.get(AccountsService, { strict: false });
    const found = await accounts.findByName(email);
    const at = new Date();
    const proof = { method: 'pwd', at, securityVersion: 0 } as const;
    const device = { device: 'node', address: '127.0.0.1' };
    const { names } = await bed.during(account, () =>
      expect(
        bed.platform.app.get(SignInService, { strict: false }).complete(found!, [proof], device),
      ).rejects.toMatchObject({ code: 'invalid_credentials' }),
    );
    expect(names).toEqual([]);
  });

  it('of sessions that their owner ends', async () => {
    const { email, account, accessToken } = await bed.person();
    const { accessToken: second } = await tokensOf(bed.platform, email);
    const id = String(decodeJwt(second)['sid']);
    const one = await bed.during(account, () =>
      bed.api('DELETE', `me/sessions/${id}`, undefined, accessToken),
    );
    expect(one.names).toEqual(['session.ended by owner of owner']);
    await tokensOf(bed.platform, email);
    const others = await bed.during(account, () =>
      bed.api('DELETE', 'me/sessions', undefined, accessToken),
    );
    expect(others.events.map(({ subjectPart }) => subjectPart)).toEqual([
      expect.objectContaining({ details: { because: 'ended_by_owner' } }),
    ]);
  });

  it('of no refresh, and of a refresh token that is used again', async () => {
    const { account, refreshToken } = await bed.person();
    const refresh = (token: string) =>
      bed.platform.api('POST', '/api/v1/auth/refresh', { refreshToken: token });
    let next = '';
    const first = await bed.during(account, async () => {
      next = (await refresh(refreshToken)).body.refreshToken;
    });
    expect(first.names).toEqual([]);
    await refresh(next);
    const stolen = await bed.during(account, () => refresh(refreshToken));
    expect(stolen.names).toEqual([
      'session.refreshed_reuse by undefined of owner',
      'session.ended by undefined of owner',
    ]);
  });

  it('of failed logins until the account is locked', async () => {
    const { email, account } = await bed.person();
    const { names, events } = await bed.during(account, async () => {
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        await logIn(bed.platform, email, OTHER_PASSWORD);
      }
    });
    const failed = 'sign_in.failed failure by undefined of owner';
    expect(names).toEqual([
      ...Array.from({ length: 5 }, () => failed),
      'sign_in.locked by undefined of owner',
    ]);
    expect(events[0]?.actorPart).toMatchObject({ device: 'node' });
  });

  it('of a failed login with an unknown name, which is not recorded', async () => {
    const email = newAddress();
    const { names, events } = await bed.during(undefined, () => logIn(bed.platform, email));
    expect(names).toEqual(['sign_in.failed failure by undefined of undefined']);
    expect(JSON.stringify(events)).not.toContain(email);
    expect(events[0]).toMatchObject({ actorPart: { device: 'node' }, subjectPart: undefined });
  });

  it('of a password that is changed, and one that is forgotten and reset', async () => {
    const { email, account, accessToken, session } = await bed.person();
    const { accessToken: other } = await tokensOf(bed.platform, email);
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const wrong = await bed.during(account, () =>
      bed.platform.api(
        'POST',
        '/api/v1/auth/change-password',
        { ...change, currentPassword: 'nonsense' },
        other,
      ),
    );
    expect(wrong.names).toEqual(['sign_in.failed failure by owner of owner']);
    const changed = await bed.during(account, () =>
      bed.api('POST', 'auth/change-password', change, other),
    );
    expect(changed.names).toEqual([
      'account.password_changed by owner of owner',
      'device.forgotten by owner of owner',
      'session.ended by owner of owner',
    ]);
    expect(changed.events[2]?.subjectPart).toMatchObject({ ids: { session } });
    expect(JSON.stringify(changed.events)).not.toMatch(/argon2|hash/i);
    const asked = await bed.during(account, () =>
      bed.api('POST', 'auth/forgot-password', { email }),
    );
    expect(asked.names).toEqual(['recovery.requested by undefined of owner']);
    const token = await bed.platform.tokenMailedTo(email);
    const reset = await bed.during(account, () =>
      bed.api('POST', 'auth/reset-password', { token, password: PASSWORD }),
    );
    expect(reset.names).toEqual([
      'recovery.completed by owner of owner',
      'account.password_changed by owner of owner',
      'device.forgotten by owner of owner',
      'session.ended by owner of owner',
    ]);
    expect(accessToken).not.toBe(other);
  });

  it('of a forgotten password and a confirmation that are asked for an unknown address', async () => {
    const email = newAddress();
    const { names, events } = await bed.during(undefined, async () => {
      await bed.api('POST', 'auth/forgot-password', { email });
      await bed.api('POST', 'auth/resend-verification', { email });
    });
    const requested = 'recovery.requested failure by undefined of undefined';
    expect(names).toEqual([requested, requested]);
    expect(JSON.stringify(events)).not.toContain(email);
  });

  it('of a profile, and of an address', async () => {
    const { account, accessToken } = await bed.person();
    const renamed = await bed.during(account, () =>
      bed.api('PATCH', 'me', { name: 'Ana' }, accessToken),
    );
    expect(renamed.names).toEqual(['account.updated by owner of owner']);
    expect(renamed.events[0]?.subjectPart).toEqual({ changes: { name: [null, 'Ana'] }, ids: {} });
    const same = await bed.during(account, () =>
      bed.api('PATCH', 'me', { name: 'Ana' }, accessToken),
    );
    expect(same.names).toEqual([]);
    const email = newAddress();
    await register(bed.platform, email);
    const squatter = await bed.accountOf(email);
    const asked = await bed.during(account, () =>
      bed.api('PATCH', 'me', { email, currentPassword: PASSWORD }, accessToken),
    );
    expect(asked.names).toEqual(['account.updated by owner of owner']);
    const token = await bed.platform.tokenMailedTo(email);
    const moved = await bed.during(account, () => verifyEmail(bed.platform, token));
    expect(moved.events.map(({ action, subjectPart }) => [action, subjectPart])).toEqual([
      ['account.erased', undefined],
      ['account.email_changed', { changes: { email: [expect.any(String), email] }, ids: {} }],
    ]);
    expect(moved.names[0]).toBe('account.erased by service:patronus of erased');
    expect(await eventsOf(bed.platform)).not.toContainEqual(
      expect.objectContaining({ subject: squatter }),
    );
  });

  it.each([
    [
      'deactivated',
      (token: string) => bed.api('POST', 'me/deactivate', { currentPassword: PASSWORD }, token),
    ],
    ['deleted', (token: string) => bed.api('DELETE', 'me', { currentPassword: PASSWORD }, token)],
  ])('of an account that is %s, and restored', async (state, close) => {
    const { email, account, accessToken } = await bed.person();
    const closed = await bed.during(account, () => close(accessToken));
    expect(closed.names).toEqual([
      `account.${state} by owner of owner`,
      'device.forgotten by owner of owner',
      'session.ended by owner of owner',
    ]);
    await bed.api('POST', 'auth/forgot-password', { email });
    const token = await bed.platform.tokenMailedTo(email);
    const opened = await bed.during(account, () =>
      bed.api('POST', 'auth/reset-password', { token, password: PASSWORD }),
    );
    expect(opened.names).toEqual([
      'recovery.completed by owner of owner',
      'account.restored by owner of owner',
      'account.password_changed by owner of owner',
    ]);
  });

  // The clock moves on from here.
  it('of an account that is anonymised, or was never confirmed', async () => {
    const { accessToken } = await bed.person();
    await bed.api('DELETE', 'me', { currentPassword: PASSWORD }, accessToken);
    await register(bed.platform, newAddress());
    bed.platform.clock.advance(40 * DAY);
    const { names } = await bed.during(undefined, async () => {
      await bed.platform.app.get(Anonymiser, { strict: false }).run();
      await bed.platform.app.get(RetentionJob, { strict: false }).run();
    });
    const erased = 'account.erased by service:patronus of erased';
    expect(names.filter((name) => name.startsWith('account.'))).toEqual(
      expect.arrayContaining([erased, erased]),
    );
    expect(new Set(names.filter((name) => name.startsWith('account.')))).toEqual(new Set([erased]));
  });
});
