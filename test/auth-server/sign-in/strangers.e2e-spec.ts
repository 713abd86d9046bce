import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAddress, OTHER_PASSWORD, PASSWORD, register, registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import {
  at,
  attack,
  BEHIND_PROXY,
  failFrom,
  LOCKED,
  logInFrom,
  newNetwork,
  REFUSED,
  WRONG,
} from './networks.js';

describe.each(STORAGES)('failures of strangers on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage, ...BEHIND_PROXY });
  });
  afterAll(() => bed.close());

  /** A person on a device that the account knows. */
  async function owner() {
    const email = await registered(bed);
    const login = await logInFrom(bed, email, { network: newNetwork() });
    expect(login.status).toBe(200);
    const device = login.headers.get('x-device-id') ?? '';
    const { accessToken }: { accessToken: string } = login.body;
    return { email, device, accessToken };
  }

  // The first: later the platform's clock is ahead of the guards'.
  it('leave the owner of a session all that a session can do', async () => {
    const { email, accessToken } = await owner();
    const network = newNetwork();
    await failFrom(bed, email, network, 25);
    await attack(bed, email, 8);
    const body = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const changed = await bed.api(
      'POST',
      '/api/v1/auth/change-password',
      body,
      accessToken,
      at(network),
    );
    expect(changed.status).toBe(204);
    const last = { currentPassword: OTHER_PASSWORD };
    const removed = await bed.api('DELETE', '/api/v1/me', last, accessToken, at(network));
    expect(removed.status).toBe(204);
  });

  it('are no failures of a session, which count for it alone and end it after twenty in a row', async () => {
    const { email, accessToken } = await owner();
    const attempt = (currentPassword: string) =>
      bed.api('POST', '/api/v1/me/deactivate', { currentPassword }, accessToken);
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 5; index += 1) {
        expect(await attempt(WRONG)).toMatchObject(REFUSED);
      }
      if (round < 3) expect(await attempt(PASSWORD)).toMatchObject(LOCKED);
      bed.clock.advance(15 * 60 + 1);
    }
    expect(await attempt(PASSWORD)).toMatchObject({ body: { code: 'token_revoked' } });
    expect((await logInFrom(bed, email, { network: newNetwork() })).status).toBe(200);
  });

  it('lock nobody in another network', async () => {
    const email = await registered(bed);
    const network = newNetwork();
    await failFrom(bed, email, network, 25);
    expect(await logInFrom(bed, email, { network })).toMatchObject(LOCKED);
    expect((await logInFrom(bed, email, { network: newNetwork() })).status).toBe(200);
  });

  it('never count for a device that the account knows, in whichever network', async () => {
    const { email, device } = await owner();
    const network = newNetwork();
    await failFrom(bed, email, network, 25);
    await attack(bed, email, 8);
    for (let index = 0; index < 6; index += 1) {
      expect((await logInFrom(bed, email, { network, device })).status).toBe(200);
    }
  });

  it('count for a device that only another account knows', async () => {
    const [{ email }, { device }] = [await owner(), await owner()];
    const network = newNetwork();
    await failFrom(bed, email, network, 5);
    expect(await logInFrom(bed, email, { network, device })).toMatchObject(LOCKED);
  });

  it('are lifted by a reset, after which the owner logs in at once, by each name', async () => {
    const username = `lift-${Date.now()}`;
    const email = await registered(bed, { username });
    const network = newNetwork();
    for (const name of [email, username]) {
      await failFrom(bed, name, network, 25);
      await attack(bed, name, 8);
      expect(await logInFrom(bed, name, { network })).toMatchObject(LOCKED);
    }
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    const body = { token: await bed.tokenMailedTo(email), password: OTHER_PASSWORD };
    expect((await bed.api('POST', '/api/v1/auth/reset-password', body)).status).toBe(204);
    for (const name of [email, username]) {
      const login = await logInFrom(bed, name, { network, password: OTHER_PASSWORD });
      expect(login).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });
    }
  });

  it('are lifted by the link that confirms an address', async () => {
    const email = newAddress();
    const network = newNetwork();
    await failFrom(bed, email, network, 25);
    await attack(bed, email, 8);
    await register(bed, email);
    const body = { token: await bed.tokenMailedTo(email) };
    expect((await bed.api('POST', '/api/v1/auth/verify-email', body)).status).toBe(200);
    const login = await logInFrom(bed, email, { network });
    expect(login).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });
  });

  it('of a known device lock it alone, and make the account forget it after twenty in a row', async () => {
    const { email, device } = await owner();
    const fromDevice = (password: string) =>
      logInFrom(bed, email, { network: newNetwork(), device, password });
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 5; index += 1) {
        expect(await fromDevice(WRONG)).toMatchObject(REFUSED);
      }
      if (round < 3) {
        expect(await fromDevice(PASSWORD)).toMatchObject(LOCKED);
        expect((await logInFrom(bed, email, { network: newNetwork() })).status).toBe(200);
      }
      bed.clock.advance(15 * 60 + 1);
    }
    // The device is a stranger now: after twenty failures of strangers it is challenged like them.
    await attack(bed, email);
    expect((await fromDevice(PASSWORD)).body).toHaveProperty('challenge');
  });
});
