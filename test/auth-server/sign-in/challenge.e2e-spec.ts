import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { signInChallenges } from '../../../apps/auth-server/src/sign-in/challenge/challenges.table.js';
import { newAddress, OTHER_PASSWORD, PASSWORD, registered, tally } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import {
  answer,
  attack,
  BEHIND_PROXY,
  CHALLENGED,
  codeMailedTo,
  failFrom,
  logInFrom,
  newNetwork,
  LOCKED,
  REFUSED,
  WRONG,
} from './networks.js';

const CODE_WRONG = { status: 401, body: { code: 'code_wrong' } };
const INVALID = { status: 401, body: { code: 'challenge_invalid' } };

describe.each(STORAGES)('twenty failures of a name over all networks on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage, ...BEHIND_PROXY });
  });
  afterAll(() => bed.close());

  const codesOf = async (email: string) =>
    (await bed.inbox(email)).filter(({ subject }) => /\d{6}/.test(subject));

  /** A person under attack, and the challenge after the right password. */
  async function challenged() {
    const email = await registered(bed);
    await attack(bed, email);
    const login = await logInFrom(bed, email, { network: newNetwork() });
    expect(login).toMatchObject(CHALLENGED);
    const code = await codeMailedTo(bed, email);
    const token: string = login.body.challenge.token;
    const wrong = code === '000000' ? '111111' : '000000';
    return { email, token, code, wrong };
  }

  it('refuse the nineteenth, and challenge from the next network on', async () => {
    const email = await registered(bed);
    await attack(bed, email, 3);
    expect(await failFrom(bed, email, newNetwork(), 5)).toMatchObject(REFUSED);
    expect(await failFrom(bed, email, newNetwork(), 1)).toMatchObject(CHALLENGED);
  });

  it('get the same answers for a right and a wrong password, and for a name that nobody has', async () => {
    const [email, unknown] = [await registered(bed), newAddress()];
    await attack(bed, email);
    await attack(bed, unknown);
    const answersTo = async (name: string, password: string) => {
      const network = newNetwork();
      const answers: unknown[] = [];
      for (let index = 0; index < 6; index += 1) {
        const { status, body, headers } = await logInFrom(bed, name, { network, password });
        const shape = body.challenge ? Object.keys(body.challenge) : body.code;
        answers.push([status, shape, headers.get('content-length'), headers.has('x-device-id')]);
      }
      return answers;
    };
    const right = await answersTo(email, PASSWORD);
    expect(await answersTo(email, WRONG)).toEqual(right);
    expect(await answersTo(unknown, WRONG)).toEqual(right);
    expect(right.map((one) => Object(one)[0])).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it('mail a code only after the right password', async () => {
    const email = await registered(bed);
    await attack(bed, email);
    await logInFrom(bed, email, { network: newNetwork(), password: WRONG });
    expect(await codesOf(email)).toEqual([]);
    await logInFrom(bed, email, { network: newNetwork() });
    expect(await codesOf(email)).toHaveLength(1);
  });

  it('end with the code of the mail, which makes the device known and counts as a factor', async () => {
    const { email, token, code, wrong } = await challenged();
    expect(await answer(bed, token, wrong)).toMatchObject(CODE_WRONG);
    const login = await answer(bed, token, `${code.slice(0, 3)} ${code.slice(3)}`);
    expect(login).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });
    const sessions = await bed.api('GET', '/api/v1/me/sessions', undefined, login.body.accessToken);
    expect(sessions.status).toBe(200);
    expect(await answer(bed, token, code)).toMatchObject(INVALID);
    await attack(bed, email);
    const device = login.headers.get('x-device-id') ?? '';
    expect((await logInFrom(bed, email, { network: newNetwork(), device })).status).toBe(200);
    expect(await logInFrom(bed, email, { network: newNetwork() })).toMatchObject(CHALLENGED);
  });

  it('lift with the code, for every network', async () => {
    const { email, token, code } = await challenged();
    expect((await answer(bed, token, code)).status).toBe(200);
    expect((await logInFrom(bed, email, { network: newNetwork() })).status).toBe(200);
  });

  it('take five codes for a challenge, also a hundred at once', async () => {
    const { token, code, wrong } = await challenged();
    const tallied: Record<string, number> = {};
    await tally(100, async () => {
      const one = await answer(bed, token, wrong);
      tallied[one.body.code] = (tallied[one.body.code] ?? 0) + 1;
      return one;
    });
    expect(tallied).toEqual({ code_wrong: 5, challenge_invalid: 95 });
    expect(await answer(bed, token, code)).toMatchObject(INVALID);
  });

  it('have one winner of parallel right codes', async () => {
    const { token, code } = await challenged();
    expect(await tally(5, () => answer(bed, token, code))).toEqual({ 200: 1, 401: 4 });
  });

  it('take codes for ten minutes, in their own flow, and of the password that was verified', async () => {
    const { email, token, code } = await challenged();
    bed.clock.advance(10 * 60 + 1);
    expect(await answer(bed, token, code)).toMatchObject(INVALID);

    const second = await logInFrom(bed, email, { network: newNetwork() });
    const newer = await codeMailedTo(bed, email);
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    const body = { token: await bed.tokenMailedTo(email), password: OTHER_PASSWORD };
    expect((await bed.api('POST', '/api/v1/auth/reset-password', body)).status).toBe(204);
    expect(await answer(bed, second.body.challenge.token, newer)).toMatchObject(REFUSED);
  });

  it('answer alike for a challenge that nothing completes, and for one that does not exist', async () => {
    const unknown = newAddress();
    await attack(bed, unknown);
    const login = await logInFrom(bed, unknown, { network: newNetwork(), password: WRONG });
    const { token } = login.body.challenge;
    for (let index = 0; index < 5; index += 1) {
      expect(await answer(bed, token, `00000${index}`)).toMatchObject(CODE_WRONG);
    }
    expect(await answer(bed, token, '000005')).toMatchObject(INVALID);
    expect(await answer(bed, 'pch_unknown', '000000')).toMatchObject(INVALID);
  });

  it('close codes for a day after twenty wrong ones in several challenges', async () => {
    const email = await registered(bed);
    await attack(bed, email);
    for (let round = 0; round < 4; round += 1) {
      const login = await logInFrom(bed, email, { network: newNetwork() });
      const code = await codeMailedTo(bed, email);
      const wrong = code === '000000' ? '111111' : '000000';
      for (let index = 0; index < 5; index += 1) {
        await answer(bed, login.body.challenge.token, wrong);
      }
    }
    const login = await logInFrom(bed, email, { network: newNetwork() });
    const code = await codeMailedTo(bed, email);
    expect(await answer(bed, login.body.challenge.token, code)).toMatchObject(CODE_WRONG);
  });

  it('still lock the pair of a network after five attempts', async () => {
    const email = await registered(bed);
    await attack(bed, email);
    const network = newNetwork();
    expect(await failFrom(bed, email, network, 5)).toMatchObject(CHALLENGED);
    expect(await logInFrom(bed, email, { network })).toMatchObject(LOCKED);
  });

  it('last while attempts go on, and end a day after the last one', async () => {
    const email = await registered(bed);
    await attack(bed, email);
    bed.clock.advance(20 * 60 * 60);
    expect(await failFrom(bed, email, newNetwork(), 1)).toMatchObject(CHALLENGED);
    bed.clock.advance(20 * 60 * 60);
    expect(await failFrom(bed, email, newNetwork(), 1)).toMatchObject(CHALLENGED);
    bed.clock.advance(24 * 60 * 60 + 1);
    expect((await logInFrom(bed, email, { network: newNetwork() })).status).toBe(200);
  });

  it('keep neither a token nor a code', async () => {
    const { token, code } = await challenged();
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const text = JSON.stringify(await db.select().from(signInChallenges));
    expect(text).not.toContain(token);
    expect(text).not.toContain(code);
  });
});
