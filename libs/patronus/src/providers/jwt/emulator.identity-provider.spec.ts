import { createServer, type Server } from 'node:http';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Logger } from '@nestjs/common';
import { gcipClaims, TestKey } from '../../testing/index.js';
import { gcip, type GcipOptions } from './index.js';

const projectId = 'demo-novah';
const HEADER = { alg: 'none', typ: 'JWT' };

let warn: jest.SpiedFunction<Logger['warn']>;

beforeEach(() => {
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
});

afterEach(() => void jest.restoreAllMocks());

const encode = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function claimsOf(claims: object = {}, tenant?: string): object {
  const now = Math.floor(Date.now() / 1000);
  return {
    iat: now,
    exp: now + 300,
    ...gcipClaims({ projectId, ...(tenant && { tenant }) }),
    ...claims,
  };
}

/** Creates a token as the emulator does. */
function emulated(claims: object = claimsOf(), header: object = HEADER): string {
  return `${encode(header)}.${encode(claims)}.`;
}

function authenticate(token: string, options: Partial<GcipOptions> = {}) {
  const provider = gcip({ projectId, emulatorHost: '127.0.0.1:9099', ...options });
  return provider.authenticate({ scheme: 'bearer', token });
}

describe('gcip with an emulator', () => {
  it('reads its unsigned tokens as those of Identity Platform', async () => {
    const identity = await authenticate(emulated(claimsOf({ roles: ['doctor'] }, 'acme')));
    expect(identity).toMatchObject({
      provider: 'gcip',
      issuer: `https://securetoken.google.com/${projectId}`,
      email: 'ana@novah.example',
      tenantId: 'acme',
      roles: ['doctor'],
      authenticationMethods: ['password'],
    });
    expect(identity.id).toBe(identity.claims['sub']);
    expect(identity.expiresAt).toBe(identity.claims['exp']);
    expect(Object.isFrozen(identity.claims)).toBe(true);
  });

  it('warns once at start', () => {
    gcip({ projectId });
    expect(warn).not.toHaveBeenCalled();
    gcip({ projectId, emulatorHost: 'firebase:9099' });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain('unsigned tokens of the emulator at firebase:9099');
  });

  it.each<[object, string, string]>([
    [{ exp: undefined }, 'token_invalid', 'exp is missing'],
    [{ exp: Number.MAX_VALUE }, 'token_invalid', 'exp is not a time'],
    [{ exp: 1 }, 'token_expired', '"exp" claim timestamp check failed'],
    [{ nbf: 4102444800 }, 'token_invalid', '"nbf" claim timestamp check failed'],
    [{ iat: 4102444800 }, 'token_invalid', 'issued in the future'],
    [{ aud: 'other-project' }, 'token_invalid', 'aud is "other-project"; expected "demo-novah"'],
    [{ aud: undefined }, 'token_invalid', 'the token has no aud; expected "demo-novah"'],
    [
      { iss: 'https://securetoken.google.com/other-project' },
      'issuer_unknown',
      'iss is "https://securetoken.google.com/other-project"; expected "https://securetoken.google.com/demo-novah"',
    ],
    [
      { iss: undefined },
      'issuer_unknown',
      'the token has no iss; expected "https://securetoken.google.com/demo-novah"',
    ],
    [{ sub: '' }, 'token_invalid', 'sub is not a subject'],
    [{ sub: undefined }, 'token_invalid', 'sub is missing'],
    [{ auth_time: undefined }, 'token_invalid', 'auth_time is not in the past'],
    [{ auth_time: 4102444800 }, 'token_invalid', 'auth_time is not in the past'],
    [
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
      'token_invalid',
      'a logout token',
    ],
  ])('checks the claims all the same: %j', async (claims, code, reason) => {
    await expect(authenticate(emulated(claimsOf(claims)))).rejects.toMatchObject({ code, reason });
  });

  it('allows for clocks that differ, and no further', async () => {
    const ended = (seconds: number) =>
      emulated(claimsOf({ exp: Math.floor(Date.now() / 1000) - seconds }));
    await expect(authenticate(ended(30), { clockTolerance: 60 })).resolves.toBeDefined();
    await expect(authenticate(ended(90), { clockTolerance: 60 })).rejects.toMatchObject({
      code: 'token_expired',
    });
  });

  it('lets the configured tenants in only', async () => {
    const tenants = ['acme'];
    await expect(authenticate(emulated(claimsOf({}, 'acme')), { tenants })).resolves.toBeDefined();
    for (const claims of [claimsOf({}, 'zeta'), claimsOf()]) {
      await expect(authenticate(emulated(claims), { tenants })).rejects.toMatchObject({
        reason: 'tenant not allowed',
      });
    }
  });

  it.each<[object, string]>([
    [{ alg: 'None', typ: 'JWT' }, 'not a token of the emulator'],
    [{ alg: 'HS256', typ: 'JWT' }, 'not a token of the emulator'],
    [{ alg: ['none'], typ: 'JWT' }, 'not a token of the emulator'],
    [{ typ: 'JWT' }, 'not a token of the emulator'],
    [{ ...HEADER, typ: 'logout+jwt' }, 'header not supported'],
    [{ ...HEADER, kid: 'x' }, 'header not supported'],
    [{ ...HEADER, crit: ['exp'], exp: 1 }, 'header not supported'],
    [{ ...HEADER, b64: false }, 'header not supported'],
  ])('refuses the header %j', async (header, reason) => {
    await expect(authenticate(emulated(claimsOf(), header))).rejects.toMatchObject({ reason });
  });

  it.each<[string, (good: string) => string]>([
    ['with a signature', (good) => `${good}AAAA`],
    ['with one segment more', (good) => `${good}.`],
    ['without its last dot', (good) => good.slice(0, -1)],
    ['without claims', () => `${encode(HEADER)}..`],
    ['that is dots', () => '..'],
    ['with padding', (good) => good.replace('.', '=.')],
    ['with a blank', (good) => ` ${good}`],
    ['with duplicate members', () => `${encode(HEADER)}.${encode('{"sub":"a","sub":"b"}')}.`],
    ['longer than 16 KiB', () => emulated(claimsOf({ padding: 'x'.repeat(16_384) }))],
  ])('refuses a token %s', async (_what, mutate) => {
    await expect(authenticate(mutate(emulated()))).rejects.toMatchObject({
      code: 'token_malformed',
    });
  });

  it('refuses signed tokens, and is refused without the option', async () => {
    const key = await TestKey.generate('RS256');
    const header = { alg: 'RS256', typ: 'JWT', kid: key.kid };
    const signed = key.sign(JSON.stringify(header), JSON.stringify(claimsOf()));
    await expect(authenticate(signed)).rejects.toMatchObject({ code: 'token_malformed' });
    const credential = { scheme: 'bearer', token: emulated() } as const;
    await expect(gcip({ projectId }).authenticate(credential)).rejects.toMatchObject({
      code: 'token_malformed',
    });
  });
});

describe('the option gcip.emulatorHost', () => {
  const before = process.env['NODE_ENV'];
  afterEach(() => void (process.env['NODE_ENV'] = before));

  it('is refused in production, and nowhere else', () => {
    const start = () => gcip({ projectId, emulatorHost: '127.0.0.1:9099' });
    for (const env of ['development', 'test', '']) {
      process.env['NODE_ENV'] = env;
      expect(start).not.toThrow();
    }
    process.env['NODE_ENV'] = 'production';
    expect(start).toThrow(
      expect.objectContaining({
        name: 'PatronusConfigurationError',
        path: 'gcip.emulatorHost',
        message: expect.stringContaining('NODE_ENV is production'),
      }),
    );
    expect(() => gcip({ projectId })).not.toThrow();
  });

  it('is not read from the environment', async () => {
    process.env['FIREBASE_AUTH_EMULATOR_HOST'] = '127.0.0.1:9099';
    try {
      const credential = { scheme: 'bearer', token: emulated() } as const;
      await expect(gcip({ projectId }).authenticate(credential)).rejects.toMatchObject({
        code: 'token_malformed',
      });
    } finally {
      delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
    }
  });

  it.each(['', ' ', '127.0.0.1', 'http://127.0.0.1:9099', '127.0.0.1:9099/', 'a b:1', 'x:99999'])(
    'names the mistake: %j',
    (emulatorHost) => {
      expect(() => gcip({ projectId, emulatorHost })).toThrow(
        expect.objectContaining({ path: 'gcip.emulatorHost' }),
      );
    },
  );

  it.each(['localhost:9099', '[::1]:9099', 'firebase:80'])('takes %s', (emulatorHost) => {
    expect(() => gcip({ projectId, emulatorHost })).not.toThrow();
  });
});

describe('the warm-up', () => {
  let server: Server;
  let status = 200;
  let emulatorHost = '';

  beforeAll(async () => {
    server = createServer((_request, response) => void response.writeHead(status).end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    emulatorHost = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });

  afterAll(() => void server.close());

  it('finds the emulator, or says that it is not there', async () => {
    const provider = gcip({ projectId, emulatorHost });
    await expect(provider.warmUp()).resolves.toBeUndefined();
    status = 404;
    await expect(provider.warmUp()).rejects.toMatchObject({
      code: 'provider_unavailable',
      reason: `gcip: http://${emulatorHost}/ answers with 404`,
    });
    await expect(gcip({ projectId, emulatorHost: '127.0.0.1:1' }).warmUp()).rejects.toMatchObject({
      code: 'provider_unavailable',
      reason: 'gcip: the emulator does not answer at http://127.0.0.1:1/',
      retryAfter: 5,
    });
  });
});
