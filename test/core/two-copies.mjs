// `two-copies.mjs <folder> <format>`, after the hooks that read TypeScript: makes a second copy of the
// package in the folder, starts an application that uses decorators of that copy with the module of the
// first one, asks it as Ana, and tells as JSON what was logged and answered.
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule } from '@patronus/nestjs';
import { loadSecondCopy } from './second-copy.mjs';
import { TokenTableProvider } from './token-table.provider.ts';

const [, , folder, format] = process.argv;
const { CurrentTenant, CurrentUser } = await loadSecondCopy(folder, format);

class NotesController {
  notes(user, tenant) {
    return { user: user?.id, tenant };
  }
}
Controller()(NotesController);
Get('notes')(
  NotesController.prototype,
  'notes',
  Object.getOwnPropertyDescriptor(NotesController.prototype, 'notes'),
);
CurrentUser()(NotesController.prototype, 'notes', 0);
CurrentTenant()(NotesController.prototype, 'notes', 1);

class AppModule {}
Module({
  imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} })],
  controllers: [NotesController],
})(AppModule);

const warnings = [];
const logger = {
  log() {},
  error() {},
  debug() {},
  verbose() {},
  warn: (text) => warnings.push(text),
};
const app = await NestFactory.create(AppModule, { logger, abortOnError: false });
try {
  await app.listen(0, '127.0.0.1');
  const headers = { authorization: 'Bearer ana.norte' };
  const answer = await fetch(`${await app.getUrl()}/notes`, { headers });
  process.stdout.write(JSON.stringify({ warnings, answer: await answer.json() }));
} catch (error) {
  process.stdout.write(JSON.stringify({ warnings, error: error.message }));
} finally {
  await app.close();
}
