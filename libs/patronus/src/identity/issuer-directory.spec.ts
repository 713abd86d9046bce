import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Credential } from './credential.js';
import { Identity } from './identity.js';
import { IdentityProvider } from './identity-provider.js';
import { IssuerDirectory, issuerDirectory } from './issuer-directory.js';
import type { ProviderEvent } from './provider-event.js';

const NORTH = 'https://north.example';
const SOUTH = 'https://south.example';

class IssuerProvider extends IdentityProvider {
  readonly name = 'one-issuer';
  asked = 0;

  constructor(
    private readonly issuer: string,
    private readonly vouchesFor = issuer,
  ) {
    super();
  }

  override async authenticate(_credential: Credential): Promise<Identity> {
    this.asked += 1;
    return new Identity({
      id: 'ana',
      issuer: this.vouchesFor,
      provider: this.name,
      expiresAt: 4e9,
      roles: ['doctor'],
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
    });
  }

  goDown(): void {
    const { name: provider, issuer } = this;
    this.report({ type: 'provider_unavailable', provider, issuer, reason: 'down' });
  }
}

function token(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
}

const ask = (directory: IdentityProvider, iss: unknown = NORTH): Promise<Identity> =>
  directory.authenticate({ scheme: 'bearer', token: token({ iss }) });

function eventsOf(directory: IdentityProvider): ProviderEvent[] {
  const events: ProviderEvent[] = [];
  directory.observe((event) => events.push(event));
  return events;
}

const denied = (code: string): object => ({ code });

describe('IssuerDirectory', () => {
  beforeEach(() => void jest.useFakeTimers({ now: Date.UTC(2030, 0, 1) }));
  afterEach(() => void jest.useRealTimers());

  it('gives no authority over the platform, unless it says so', async () => {
    const find = (): IdentityProvider => new IssuerProvider(NORTH);
    expect(await ask(issuerDirectory(find))).toMatchObject({
      id: 'ana',
      roles: ['doctor'],
      platformRoles: [],
      platformPermissions: [],
    });
    class OwnIssuers extends IssuerDirectory {
      protected override readonly givesPlatformAuthority = true;
      override readonly find = find;
    }
    expect(await ask(new OwnIssuers())).toMatchObject({
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
    });
  });

  it('tells operators of a token without iss', async () => {
    const asked = issuerDirectory(() => undefined).authenticate({
      scheme: 'bearer',
      token: token({ sub: 'ana' }),
    });
    await expect(asked).rejects.toMatchObject({
      code: 'issuer_unknown',
      reason: 'the token has no iss; expected an issuer of the directory',
      remedy: expect.any(String),
    });
  });

  it('asks for the provider of an issuer once, however many tokens of it come at once', async () => {
    const north = new IssuerProvider(NORTH);
    const find = jest.fn(async (issuer: string) => (issuer === NORTH ? north : undefined));
    const directory = issuerDirectory(find);
    await Promise.all(Array.from({ length: 100 }, () => ask(directory)));
    await ask(directory);
    expect(find.mock.calls).toEqual([[NORTH]]);
    expect(north.asked).toBe(101);
  });

  it('takes an answer that is no promise', async () => {
    expect((await ask(issuerDirectory(() => new IssuerProvider(NORTH)))).issuer).toBe(NORTH);
  });

  it('asks again after 60 seconds, and keeps what it is given again', async () => {
    const north = new IssuerProvider(NORTH);
    const find = jest.fn(() => north);
    const directory = issuerDirectory(find);
    const events = eventsOf(directory);
    await ask(directory);
    jest.advanceTimersByTime(59_999);
    await ask(directory);
    expect(find).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    await ask(directory);
    expect(find).toHaveBeenCalledTimes(2);
    north.goDown();
    expect(events).toHaveLength(1);
  });

  it('refuses an issuer that is nobody, and asks again after 10 seconds', async () => {
    const known = new Map<string, IdentityProvider>();
    const find = jest.fn((issuer: string) => known.get(issuer));
    const directory = issuerDirectory(find);
    await expect(ask(directory)).rejects.toMatchObject(denied('issuer_unknown'));
    known.set(NORTH, new IssuerProvider(NORTH));
    jest.advanceTimersByTime(9_999);
    await expect(ask(directory)).rejects.toMatchObject(denied('issuer_unknown'));
    expect(find).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    await expect(ask(directory)).resolves.toMatchObject({ issuer: NORTH });
  });

  it('tells that an issuer is gone, once, and believes it no longer', async () => {
    const known = new Map([[NORTH, new IssuerProvider(NORTH)]]);
    const directory = issuerDirectory((issuer) => known.get(issuer));
    const events = eventsOf(directory);
    await ask(directory);
    known.clear();
    jest.advanceTimersByTime(60_000);
    await expect(ask(directory)).rejects.toMatchObject(denied('issuer_unknown'));
    jest.advanceTimersByTime(10_000);
    await expect(ask(directory)).rejects.toMatchObject(denied('issuer_unknown'));
    expect(events).toEqual([
      { type: 'issuer_removed', provider: 'issuer-directory', issuer: NORTH },
    ]);
  });

  it('forgets at once, a refusal too', async () => {
    const north = new IssuerProvider(NORTH);
    const known = new Map([[NORTH, north]]);
    const directory = issuerDirectory((issuer) => known.get(issuer));
    const events = eventsOf(directory);
    await ask(directory);
    known.clear();
    directory.forget(NORTH);
    expect(events).toEqual([
      { type: 'issuer_removed', provider: 'issuer-directory', issuer: NORTH },
    ]);
    await expect(ask(directory)).rejects.toMatchObject(denied('issuer_unknown'));
    north.goDown();
    expect(events).toHaveLength(1);
    known.set(NORTH, north);
    directory.forget(NORTH);
    await expect(ask(directory)).resolves.toMatchObject({ issuer: NORTH });
  });

  it('does not believe what it was told before it forgot', async () => {
    const { promise, resolve } = Promise.withResolvers<IdentityProvider | undefined>();
    const find = jest.fn<IssuerDirectory['find']>().mockReturnValueOnce(promise);
    const directory = issuerDirectory(find);
    const overtaken = ask(directory);
    directory.forget(NORTH);
    const anew = ask(directory);
    resolve(new IssuerProvider(NORTH));
    await expect(overtaken).rejects.toMatchObject(denied('issuer_unknown'));
    await expect(anew).rejects.toMatchObject(denied('issuer_unknown'));
    expect(find).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    [
      'throws at once',
      () => {
        throw new Error('connect ECONNREFUSED');
      },
    ],
  ])('is unavailable where the look-up %s, and remembers nothing of it', async (_how, fail) => {
    const find = jest.fn<IssuerDirectory['find']>(() => new IssuerProvider(NORTH));
    find.mockImplementationOnce(fail);
    const directory = issuerDirectory(find);
    await expect(ask(directory)).rejects.toMatchObject({
      code: 'provider_unavailable',
      retryAfter: 5,
      cause: expect.objectContaining({ message: 'connect ECONNREFUSED' }),
    });
    await expect(ask(directory)).resolves.toMatchObject({ issuer: NORTH });
  });

  it('is unavailable where the look-up takes more than five seconds', async () => {
    const directory = issuerDirectory(() => new Promise(() => undefined));
    const refused = expect(ask(directory)).rejects.toMatchObject(denied('provider_unavailable'));
    await jest.advanceTimersByTimeAsync(5_000);
    await refused;
  });

  it('never takes one issuer for another', async () => {
    const directory = issuerDirectory(() => new IssuerProvider(NORTH, SOUTH));
    await expect(ask(directory)).rejects.toMatchObject(denied('issuer_unknown'));
  });

  it.each(['', 'x'.repeat(2049), 7, null, undefined])('looks no issuer %p up', async (iss) => {
    const find = jest.fn(() => undefined);
    await expect(ask(issuerDirectory(find), iss ?? null)).rejects.toMatchObject(
      denied('issuer_unknown'),
    );
    if (iss !== '') expect(find).not.toHaveBeenCalled();
  });

  it('looks up no opaque token', async () => {
    const find = jest.fn(() => undefined);
    const opaque = issuerDirectory(find).authenticate({ scheme: 'bearer', token: 'opaque' });
    await expect(opaque).rejects.toMatchObject(denied('issuer_unknown'));
    expect(find).not.toHaveBeenCalled();
  });

  it('remembers a thousand issuers at most, and listens to no other', async () => {
    const providers: IssuerProvider[] = [];
    const directory = issuerDirectory((issuer) => {
      const provider = new IssuerProvider(issuer);
      providers.push(provider);
      return provider;
    });
    const events = eventsOf(directory);
    for (let index = 0; index < 1001; index += 1) await ask(directory, `https://${index}.example`);
    providers[0]?.goDown();
    expect(events).toEqual([]);
    providers[1000]?.goDown();
    expect(events).toHaveLength(1);
  });
});
