import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { filesUnder, Project } from './project.js';

const PAGE = 'docs/migrating/from-passport-jwt.md';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ENV = {
  JWT_SECRET: 'a secret of the access tokens of 32 bytes',
  JWT_REFRESH_SECRET: 'a secret of the refresh tokens of 32 bytes',
  JWT_PRIVATE_KEY: JSON.stringify({
    ...privateKey.export({ format: 'jwk' }),
    kid: '2030-01',
    alg: 'ES256',
  }),
};

interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

/** Creates a token as the application signed it before. */
function oldToken(
  id: number,
  expiresAt = Math.floor(Date.now() / 1000) + 60,
  secret = 'JWT_SECRET',
) {
  const key = new TextEncoder().encode(secret === 'JWT_SECRET' ? ENV.JWT_SECRET : secret);
  return new SignJWT({ id, role: 'admin', sessionId: 7 })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(expiresAt)
    .sign(key);
}

/** Callers of a running application. */
class Callers {
  constructor(private readonly url: string) {}

  async ask(request: string, token?: string, body?: object): Promise<readonly unknown[]> {
    const [method = '', path = ''] = request.split(' ');
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? '' : JSON.parse(text);
    return [response.status, answer];
  }

  async code(request: string, token?: string): Promise<unknown> {
    const [status, answer] = await this.ask(request, token);
    return status === 200 || status === 201
      ? status
      : ((answer as { code?: string }).code ?? status);
  }

  async login(name: string): Promise<Tokens> {
    const [, answer] = await this.ask('POST /auth/login', undefined, {
      email: `${name}@novah.example`,
    });
    return answer as Tokens;
  }
}

const OPEN = ['GET /health', 'POST /webhooks/payments', 'GET /files/logo.png'];

/** Answers of the application after each step: the same, or in other words. */
interface Words {
  readonly noToken: unknown;
  readonly badToken: unknown;
  readonly expired: unknown;
  readonly missingRole: unknown;
  readonly gone: unknown;
}

const OLD: Words = { noToken: 401, badToken: 401, expired: 401, missingRole: 403, gone: 401 };
const NEW: Words = {
  noToken: 'token_missing',
  badToken: 'token_invalid',
  expired: 'token_expired',
  missingRole: 'permission_denied',
  gone: 'token_invalid',
};

describe(`the steps of ${PAGE}`, () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.open(join(import.meta.dirname, 'old-app'));
  });
  afterAll(() => project.close());

  async function started(): Promise<Callers> {
    expect(project.errors()).toEqual([]);
    return new Callers(await project.start(ENV));
  }

  async function behaves(callers: Callers, words: Words): Promise<void> {
    const [admin, editor, reader] = await Promise.all([
      callers.login('admin'),
      callers.login('editor'),
      callers.login('reader'),
    ]);
    const dto = { id: 2, email: 'editor@novah.example', role: 'editor' };
    expect(await callers.ask('GET /users/me', editor.token)).toEqual([200, dto]);
    expect(await callers.code('GET /users', admin.token)).toBe(200);
    expect(await callers.code('GET /users', editor.token)).toBe(200);
    expect(await callers.code('GET /users', reader.token)).toBe(words.missingRole);
    expect(await callers.code('DELETE /users/3', editor.token)).toBe(words.missingRole);
    for (const request of ['GET /users', 'GET /users/me', 'DELETE /users/3']) {
      expect(await callers.code(request)).toBe(words.noToken);
      expect(await callers.code(request, await oldToken(1, 1))).toBe(words.expired);
      expect(await callers.code(request, await oldToken(1, undefined, 'x'.repeat(32)))).toBe(
        words.badToken,
      );
      expect(await callers.code(request, admin.refreshToken)).toBe(words.badToken);
    }

    expect(await callers.code('POST /auth/refresh', admin.refreshToken)).toBe(201);
    expect(await callers.code('POST /auth/refresh', admin.token)).toBe(401);
    expect(await callers.code('POST /auth/refresh')).toBe(401);
    for (const request of OPEN) expect(await callers.code(request)).toBeLessThan(300);

    // The role of the database counts, and a user that is deleted is refused on every route.
    expect(await callers.code('DELETE /users/2', await oldToken(3))).toBe(words.missingRole);
    expect(await callers.code('DELETE /users/3', admin.token)).toBe(200);
    for (const request of ['GET /users/me', 'GET /users']) {
      expect(await callers.code(request, reader.token)).toBe(words.gone);
    }
  }

  it('begin with an application of the old kind', async () => {
    await behaves(await started(), OLD);
  });

  it('change nothing where the module is added', async () => {
    await project.follow(filesUnder(PAGE, '### 1. Add the module'));
    await behaves(await started(), OLD);
  });

  it('move one controller', async () => {
    await project.follow(filesUnder(PAGE, '### 2. Move one controller at a time'));
    await behaves(await started(), NEW);
  });

  it('close the application, and say what would be closed by it', async () => {
    await project.edit('patronus.ts', (code) => code.replace("  guards: 'manual',\n", ''));
    const closed = await started();
    for (const request of [...OPEN, 'POST /auth/login', 'POST /auth/refresh']) {
      expect(await closed.code(request)).toBe('token_missing');
    }
    await project.follow(filesUnder(PAGE, '### 3. Close the application'));
    await behaves(await started(), NEW);
  });

  it('remove what is left', async () => {
    await project.remove('jwt.strategy.ts');
    await project.remove('roles.guard.ts');
    await project.edit('app.module.ts', (code) =>
      code.replace(/^.*jwt\.strategy\.js.*\n/m, '').replace('JwtStrategy, ', ''),
    );
    await behaves(await started(), NEW);
  });

  it('go on to a key pair, while tokens from before are good', async () => {
    await project.follow(filesUnder(PAGE, '## Switch from HS256 to a key pair'));
    await project.edit('patronus.ts', (code) =>
      code
        .replace(
          'identityProvider: ownTokens(config)',
          'identityProvider: [keyPair(config), ownTokens(config)]',
        )
        .replace('import { own', "import { keyPair } from './key-pair.js';\nimport { own"),
    );
    const callers = await started();
    const { token } = await callers.login('admin');
    const [, payload = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: '1' });
    for (const good of [token, await oldToken(1)]) {
      expect(await callers.code('GET /users', good)).toBe(200);
    }
    await behaves(callers, NEW);
  });
});
