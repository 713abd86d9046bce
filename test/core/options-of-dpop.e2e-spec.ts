import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type IdentityProvider, issuerDirectory, PatronusModule } from '@patronus/nestjs';
import { apiKeys } from '@patronus/nestjs/api-key';
import { oidc } from '@patronus/nestjs/jwt';
import { TokenTableProvider } from './token-table.provider.js';

const ISSUER = 'https://id.example.com';
const declared = oidc({ issuer: ISSUER, audience: 'api', jwks: () => ({ keys: [] }) });
const keys = apiKeys({ store: { find: async () => undefined } });
const directory = issuerDirectory(() => undefined);

/** Starts an application and returns its warnings. */
async function warningsOf(identityProvider: IdentityProvider | IdentityProvider[], issuer: string) {
  const warnings: unknown[] = [];
  const logger = {
    log: () => undefined,
    error: () => undefined,
    warn: (line: unknown) => warnings.push(line),
  };
  const dpop = { requiredFor: [issuer] };
  for (const module of [
    PatronusModule.forRoot({ identityProvider, dpop }),
    PatronusModule.forRootAsync({ useFactory: () => ({ identityProvider, dpop }) }),
  ]) {
    @Module({ imports: [module] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { abortOnError: false, logger });
    await app.init();
    await app.close();
  }
  return warnings.filter((line) => String(line).startsWith('dpop.requiredFor'));
}

describe('an issuer of dpop.requiredFor', () => {
  it.each<[string, IdentityProvider | IdentityProvider[]]>([
    ['one provider declares', declared],
    ['a list declares', [declared]],
    ['a list declares, beside API keys', [declared, keys]],
  ])('is refused if it is none of those that %s', async (_what, provider) => {
    await expect(warningsOf(provider, `${ISSUER}/`)).rejects.toThrow(
      `dpop.requiredFor: names ${ISSUER}/, which no provider declares as its issuer. The declared issuers are: ${ISSUER}.`,
    );
    expect(await warningsOf(provider, ISSUER)).toEqual([]);
  });

  it('is refused if there are API keys only, which carry no proof', async () => {
    await expect(warningsOf(keys, 'api-key')).rejects.toThrow(
      'dpop.requiredFor: names api-key, which no provider declares as its issuer. The declared issuers are: none.',
    );
  });

  it.each<[string, IdentityProvider | IdentityProvider[], string]>([
    ['a directory', [declared, directory], ISSUER],
    ['a provider of opaque tokens', new TokenTableProvider(), 'none'],
  ])('is warned of once a start if %s may know it', async (_what, provider, known) => {
    const warnings = await warningsOf(provider, `${ISSUER}/`);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(`The declared issuers are: ${known}.`);
  });
});
