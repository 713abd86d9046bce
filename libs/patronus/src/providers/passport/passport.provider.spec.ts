import { inspect } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { PatronusError } from '../../errors/patronus.error.js';
import type { Credential } from '../../identity/credential.js';
import { Identity } from '../../identity/identity.js';
import type { ProviderEvent } from '../../identity/provider-event.js';
import {
  type Account,
  type Actions,
  acting,
  ana,
  bearer,
  byId,
} from '../../../../../test/fixtures/acting-strategy.js';
import { passport, type PassportOptions, type ToIdentity } from './index.js';

const apiKey = { scheme: 'api-key', token: 'secret-key-0123456789' } as const;
const seconds = () => Date.now() / 1000;

describe('passport', () => {
  afterEach(() => void jest.useRealTimers());

  it('makes an identity of the user of a strategy', async () => {
    const provider = passport(ana, byId);
    expect(provider).toMatchObject({ name: 'passport', issuers: [], schemes: ['bearer'] });
    const identity = await provider.authenticate(bearer);
    expect(identity).toMatchObject({ id: 'ana', provider: 'passport', issuer: 'passport' });
    expect(identity.expiresAt).toBeGreaterThan(seconds() + 50);
    expect(identity.expiresAt).toBeLessThan(seconds() + 61);
  });

  it('hands the mapping the user, the info and the credential, and waits for it', async () => {
    const expiresAt = seconds() + 5;
    const mapping: ToIdentity = async (user: Account, info, { token }) => ({
      id: `${user.id}/${JSON.stringify(info)}/${token.length}`,
      issuer: 'https://id.example',
      provider: 'sessions',
      expiresAt,
      roles: ['doctor'],
    });
    const options = { name: 'legacy', issuer: 'https://legacy.example' };
    expect(await passport(ana, mapping, options).authenticate(bearer)).toMatchObject({
      id: 'ana/{"scope":"notes"}/23',
      issuer: 'https://id.example',
      provider: 'sessions',
      expiresAt,
      roles: ['doctor'],
    });
    expect(await passport(ana, byId, options).authenticate(bearer)).toMatchObject({
      issuer: 'https://legacy.example',
      provider: 'legacy',
    });
  });

  it('names a member of the mapping that no identity has, once', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const fields = { id: 'ana', account: { id: 7 }, permissions: ['notes.read'] };
    const whole = passport(ana, () => fields);
    await whole.authenticate(bearer);
    expect(warned).not.toHaveBeenCalled();
    const misspelt = { id: 'ana', premissions: ['notes.read'] };
    const provider = passport(ana, () => misspelt);
    for (let times = 0; times < 2; times += 1) await provider.authenticate(bearer);
    expect(warned.mock.calls).toEqual([
      [
        expect.stringContaining(
          'passport.toIdentity returned "premissions", which is ignored. Did you mean "permissions"?',
        ),
      ],
    ]);
    warned.mockRestore();
  });

  it('takes an Identity as it is', async () => {
    const made = new Identity({
      id: 'ana',
      issuer: 'i',
      provider: 'p',
      expiresAt: seconds() + 5,
    });
    expect(await passport(ana, () => made).authenticate(bearer)).toBe(made);
  });

  it.each<[Credential, object]>([
    [bearer, { authorization: `Bearer ${bearer.token}` }],
    [apiKey, { authorization: `ApiKey ${apiKey.token}`, 'x-api-key': apiKey.token }],
  ])('shows the strategy the credential and nothing else: %j', async (credential, headers) => {
    const seen: object[] = [];
    const strategy = acting((run, request) => {
      seen.push(request);
      run.success({ id: 'ana' });
    });
    await passport(strategy, byId, { schemes: ['bearer', 'api-key'] }).authenticate(credential);
    expect(seen).toEqual([{ headers, method: 'GET', url: '/', query: {}, body: {} }]);
  });

  it('builds another request where the option says so', async () => {
    const strategy = acting((run, request) => run.success({ id: JSON.stringify(request) }));
    const request = ({ token }: Credential) => ({ query: { key: token.length } });
    const identity = await passport(strategy, byId, { request }).authenticate(bearer);
    expect(identity.id).toBe('{"query":{"key":23}}');
  });

  const broken = new Error('broken');
  it.each<[string, string, (run: Actions) => unknown]>([
    ['token_invalid', 'fails', (run) => run.fail('no')],
    ['token_invalid', 'fails with a status', (run) => run.fail(400)],
    ['token_invalid', 'passes', (run) => run.pass()],
    ['token_invalid', 'gives false', (run) => run.success(false)],
    ['token_invalid', 'gives nobody', (run) => run.success(undefined)],
    ['provider_unavailable', 'reports an error', (run) => run.error(broken)],
    ['provider_unavailable', 'reports no error as one', (run) => run.error(undefined)],
    ['provider_unavailable', 'redirects', (run) => run.redirect('https://id.example')],
    [
      'provider_unavailable',
      'throws',
      () => {
        throw broken;
      },
    ],
    ['provider_unavailable', 'rejects', () => Promise.reject(broken)],
    [
      'token_revoked',
      'refuses with a code',
      (run) => run.error(new PatronusError('token_revoked')),
    ],
  ])('answers %s where the strategy %s', async (code, _name, act) => {
    const mapping = jest.fn(byId);
    const provider = passport(acting(act), mapping);
    await expect(provider.authenticate(bearer)).rejects.toMatchObject({ code });
    expect(mapping).not.toHaveBeenCalled();
  });

  it.each<[string, string, () => unknown]>([
    ['provider_unavailable', 'gives nothing', () => undefined],
    ['provider_unavailable', 'gives null', () => null],
    ['provider_unavailable', 'gives a text', () => 'ana'],
    ['provider_unavailable', 'gives no id', () => ({ roles: ['doctor'] })],
    ['provider_unavailable', 'gives an empty id', () => ({ id: '' })],
    ['provider_unavailable', 'gives a number for an id', () => ({ id: 7 })],
    ['provider_unavailable', 'gives an end that is none', () => ({ id: 'a', expiresAt: 'soon' })],
    ['provider_unavailable', 'gives no finite end', () => ({ id: 'a', expiresAt: Infinity })],
    ['provider_unavailable', 'gives roles that are no list', () => ({ id: 'a', roles: 'admin' })],
    ['provider_unavailable', 'gives an issuer that is none', () => ({ id: 'a', issuer: 7 })],
    ['token_expired', 'gives an end that is past', () => ({ id: 'a', expiresAt: seconds() - 1 })],
    ['provider_unavailable', 'rejects', () => Promise.reject(broken)],
    [
      'token_revoked',
      'refuses with a code',
      () => {
        throw new PatronusError('token_revoked');
      },
    ],
  ])('answers %s where the mapping %s', async (code, _name, map) => {
    const provider = passport(ana, map as ToIdentity);
    await expect(provider.authenticate(bearer)).rejects.toMatchObject({ code });
  });

  it('waits no longer than the timeout, for the strategy and for the mapping', async () => {
    jest.useFakeTimers();
    const never = () => new Promise<never>(() => undefined);
    const silent = passport(acting(never), byId, { timeout: 2 });
    const dreamy = passport(ana, never);
    const late = [silent, dreamy].map((one) =>
      expect(one.authenticate(bearer)).rejects.toMatchObject({ code: 'provider_unavailable' }),
    );
    await jest.advanceTimersByTimeAsync(2000);
    await late[0];
    await jest.advanceTimersByTimeAsync(3000);
    await late[1];
  });

  it('refuses a kind of credential that the strategy does not read', async () => {
    await expect(passport(ana, byId).authenticate(apiKey)).rejects.toMatchObject({
      code: 'token_invalid',
    });
    const keys = passport(ana, byId, { schemes: ['api-key'] });
    await expect(keys.authenticate(bearer)).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(keys.authenticate(apiKey)).resolves.toMatchObject({ id: 'ana' });
  });

  it('shows operators why, but never the token', async () => {
    const failing = (message: string) =>
      passport(
        acting((run) => run.error(new Error('lookup failed', { cause: new Error(message) }))),
        byId,
      )
        .authenticate(bearer)
        .catch((error: unknown) => error);
    expect(inspect(await failing('no connection'), { depth: 9 })).toContain('no connection');
    const leaking = await failing(`no session for ${bearer.token}`);
    expect(inspect(leaking, { depth: 9 })).not.toContain(bearer.token);
  });

  it('reports an outage once, and its end once', async () => {
    let isDown = true;
    const strategy = acting((run) => (isDown ? run.error(broken) : run.fail()));
    const provider = passport(strategy, byId);
    const events: ProviderEvent[] = [];
    provider.observe((event) => events.push(event));
    let asked = 0;
    const ask = () =>
      provider.authenticate({ ...bearer, token: `token-${(asked += 1)}` }).catch(() => undefined);
    for (let index = 0; index < 2; index += 1) await ask();
    expect(events).toEqual([]);
    for (let index = 0; index < 8; index += 1) await ask();
    const told = { provider: 'passport', issuer: 'passport' };
    const reason = 'the strategy fails';
    expect(events).toEqual([{ type: 'provider_unavailable', ...told, reason }]);
    isDown = false;
    for (let index = 0; index < 3; index += 1) await ask();
    expect(events.slice(1)).toEqual([{ type: 'provider_recovered', ...told }]);
  });

  it.each<[string, ToIdentity, boolean]>([
    ['that the strategy cannot read', byId, true],
    ['whose users are no identities', () => JSON.parse('{"id":7}'), false],
  ])('tells no outage of credentials %s', async (_what, toIdentity, fails) => {
    const strategy = acting((run) => (fails ? run.error(broken) : run.success({ id: 'ana' })));
    const provider = passport(strategy, toIdentity);
    const events: ProviderEvent[] = [];
    provider.observe((event) => events.push(event));
    for (let index = 0; index < 10; index += 1) {
      const token = fails ? bearer.token : `token-${index}`;
      await expect(provider.authenticate({ ...bearer, token })).rejects.toMatchObject({
        code: 'provider_unavailable',
      });
    }
    expect(events).toEqual([]);
  });

  it('keeps two strategies of one name apart, in a thousand requests at once', async () => {
    const strategyOf = (name: string) =>
      new BearerStrategy(
        (token, done) => void setImmediate(done, null, { id: `${name}:${token}` }),
      );
    const providers = ['one', 'two'].map((name) => passport(strategyOf(name), byId));
    const asked = Array.from({ length: 1000 }, async (_, index) => {
      const identity = await providers[index % 2]?.authenticate({
        scheme: 'bearer',
        token: `t${index}`,
      });
      expect(identity?.id).toBe(`${index % 2 === 0 ? 'one' : 'two'}:t${index}`);
    });
    await Promise.all(asked);
  });

  it.each<[string, object]>([
    ['passport.name', { name: '' }],
    ['passport.issuer', { issuer: ' ' }],
    ['passport.issuers', { issuers: [] }],
    ['passport.schemes', { schemes: [] }],
    ['passport.schemes', { schemes: ['basic'] }],
    ['passport.schemes', { schemes: 'bearer' }],
    ['passport.request', { request: {} }],
    ['passport.timeout', { timeout: 0 }],
    ['passport.timeout', { timeout: 11 }],
    ['passport.timeout', { timeout: Number.NaN }],
    ['passport.timeuot', { timeuot: 1 }],
  ])('names the mistake in %s: %j', (path, options: PassportOptions) => {
    expect(() => passport(ana, byId, options)).toThrow(expect.objectContaining({ path }));
  });

  it('names a strategy or a mapping that is none', () => {
    const nothing = JSON.parse('{}');
    expect(() => passport(nothing, byId)).toThrow(
      expect.objectContaining({ path: 'passport.strategy' }),
    );
    expect(() => passport(ana, nothing)).toThrow(
      expect.objectContaining({ path: 'passport.toIdentity' }),
    );
  });
});
