import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import {
  AccountSource,
  type AccountSubject,
  PatronusError,
  PatronusModule,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller()
class NotesController {
  @Get('notes') notes() {
    return [];
  }
}

class NoAccounts extends AccountSource {
  override accountOf({ identity }: AccountSubject): undefined {
    if (identity.id === 'dan') throw new PatronusError('token_revoked', { reason: 'unpaid' });
  }
}

let minute = Date.now();

describe.each(ADAPTERS)('a caller that the account source refuses, on %s', (_name, adapter) => {
  let on: ListeningApp;
  let warned: unknown[];

  beforeEach(async () => {
    nextMinute();
    warned = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void warned.push(line));
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
    const identityProvider = new TokenTableProvider();
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider, accounts: new NoAccounts() })],
      controllers: [NotesController],
    })
    class AppModule {}
    on = await listen(AppModule, adapter());
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await on.app.close();
  });

  const nextMinute = () => jest.spyOn(Date, 'now').mockReturnValue((minute += 100_000));

  it('is named in a production log once a minute, and the others are counted', async () => {
    for (const id of ['ana', 'ben'])
      expect(await ask(on, 'notes', id)).toMatchObject({ status: 401 });
    expect(warned).toEqual([
      expect.stringMatching(/^token_invalid .*"user":"ana".*"reason":"the caller has no account"/),
    ]);
    nextMinute();
    await ask(on, 'notes', 'cid');
    expect(warned[1]).toMatch(/"user":"cid".* \(1 more like the last one were logged at debug/);
  });

  it('is named with the reason of the source, and each code by itself', async () => {
    for (const id of ['ana', 'dan'])
      expect(await ask(on, 'notes', id)).toMatchObject({ status: 401 });
    expect(warned).toEqual([
      expect.stringMatching(/^token_invalid /),
      expect.stringMatching(/^token_revoked .*"user":"dan".*"reason":"unpaid"/),
    ]);
  });
});
