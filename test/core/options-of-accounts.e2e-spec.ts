import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule } from '@patronus/nestjs';
import { mockIdentity } from '@patronus/nestjs/testing';

const identityProvider = mockIdentity();

async function start(module: DynamicModule) {
  @Module({ imports: [module] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { abortOnError: false, logger: false });
  await app.init();
  await app.close();
}

class UserAccounts {
  acountOf() {
    return true;
  }
}

describe('the options of accounts', () => {
  it('refuse a cache without a source', async () => {
    const options = { identityProvider, accountCache: { ttl: 5 } };
    const sentence = 'accountCache: is given without accounts, and has nothing to cache.';
    await expect(start(PatronusModule.forRoot(options))).rejects.toThrow(sentence);
    const useFactory = () => options;
    await expect(start(PatronusModule.forRootAsync({ useFactory }))).rejects.toThrow(sentence);
    const accounts = { accountOf: () => true };
    await expect(start(PatronusModule.forRoot({ ...options, accounts }))).resolves.toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['an instance', new UserAccounts()],
    ['a class for Nest', { useClass: UserAccounts }],
  ])('name the method that is missing in %s', async (_what, accounts) => {
    const module = Reflect.apply(PatronusModule.forRoot, PatronusModule, [
      { identityProvider, accounts },
    ]);
    await expect(start(module)).rejects.toThrow(
      'accounts: is not an AccountSource: it has no method accountOf().',
    );
  });
});
