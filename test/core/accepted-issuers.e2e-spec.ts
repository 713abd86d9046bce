import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AcceptIssuers,
  type IdentityProvider,
  issuerDirectory,
  PatronusModule,
  Public,
} from '@patronus/nestjs';
import { apiKeys } from '@patronus/nestjs/api-key';
import { oidc } from '@patronus/nestjs/jwt';
import { passport } from '@patronus/nestjs/passport';
import { acting, byId } from '../fixtures/acting-strategy.js';

const STAFF = 'https://sso.example/realms/staff';
const staff = oidc({ issuer: STAFF, audience: 'api', jwks: () => ({ keys: [] }) });
const others = oidc({
  issuer: 'https://other.example',
  audience: 'api',
  jwks: () => ({ keys: [] }),
});
const keys = apiKeys({ store: { find: async () => undefined } });
const directory = issuerDirectory(() => undefined);
const opaque = passport(
  acting((run) => run.fail()),
  byId,
);

/** Starts an application in which the routes accept these issuers, and returns its warnings. */
async function warningsOf(
  identityProvider: IdentityProvider | IdentityProvider[],
  ...issuers: readonly [string, ...string[]]
): Promise<readonly string[]> {
  const warned: string[] = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void warned.push(line));
  @Controller()
  @AcceptIssuers(...issuers)
  class Routes {
    @Get('one') one() {}
    @Get('two') two() {}
    @Get('own') @AcceptIssuers(STAFF) own() {}
    @Get('open') @Public() open() {}
  }
  @Module({ imports: [PatronusModule.forRoot({ identityProvider })], controllers: [Routes] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { abortOnError: false, logger: ['warn'] });
  await app.init();
  await app.close();
  return warned.filter((line) => line.startsWith('@AcceptIssuers()'));
}

describe('an issuer that @AcceptIssuers() names and no provider declares', () => {
  afterEach(() => void jest.restoreAllMocks());

  it.each<[string, IdentityProvider | IdentityProvider[]]>([
    ['one provider', staff],
    ['a list', [staff]],
    ['a list with API keys', [staff, keys]],
  ])('is warned of at start, with the nearest one: %s', async (_which, provider) => {
    expect(await warningsOf(provider, 'https://sso.example/realms/staf', STAFF)).toEqual([
      `@AcceptIssuers() of Routes.one and of 1 more names "https://sso.example/realms/staf", which no identity provider declares as its issuer. Did you mean "${STAFF}"? The declared issuers are: ${STAFF}. Write each issuer exactly as in iss.`,
    ]);
  });

  it('is warned of without a hint if none is near, each once', async () => {
    const warned = await warningsOf(staff, 'urn:a', 'urn:a', 'urn:b');
    expect(warned).toEqual([
      expect.stringContaining(
        'names "urn:a", which no identity provider declares as its issuer. The',
      ),
      expect.stringContaining('names "urn:b"'),
    ]);
  });

  it('is warned of if there are API keys only', async () => {
    expect(await warningsOf(keys, STAFF)).toEqual([
      expect.stringContaining('The declared issuers are: none.'),
    ]);
  });

  it.each<[string, IdentityProvider | IdentityProvider[]]>([
    ['a directory', [staff, others, directory]],
    ['a strategy', [staff, opaque]],
  ])('is warned of beside %s only if it is the same in plain letters', async (_which, provider) => {
    expect(await warningsOf(provider, 'https://sso.example/realms/other', 'passport')).toEqual([]);
    for (const one of [`${STAFF}/`, `${STAFF}//`, STAFF.toUpperCase()]) {
      expect(await warningsOf(provider, one)).toEqual([
        expect.stringContaining(`names "${one}", which no identity provider declares`),
      ]);
    }
  });

  it('may be that of the API keys', async () => {
    expect(await warningsOf([staff, keys], 'api-key', STAFF)).toEqual([]);
    expect(await warningsOf(staff, 'api-key')).toHaveLength(1);
  });

  it('is warned of twenty times at the most', async () => {
    const many = Array.from({ length: 21 }, (_, at) => `https://id.example/${at}`);
    expect(await warningsOf(staff, 'https://id.example', ...many)).toHaveLength(20);
  });
});
