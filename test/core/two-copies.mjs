// `two-copies.mjs <folder> <format>`, after the hooks that read TypeScript: makes a second copy of the
// package in the folder, starts an application that uses decorators of that copy with the module of the
// first one, asks it as Ana, and tells as JSON what was logged and answered.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule } from '@patronus/nestjs';
import { transformSync } from '@swc/core';
import { SWC_OPTIONS } from '../environment/typescript.hooks.mjs';
import { TokenTableProvider } from './token-table.provider.ts';

const [, , folder, format] = process.argv;
const root = join(import.meta.dirname, '../..');
const source = join(root, 'libs/patronus/src');
const copy = join(folder, 'packages/second/@patronus/nestjs');

mkdirSync(join(copy, 'dist'), { recursive: true });
for (const name of readdirSync(source, { recursive: true })) {
  const file = join(source, name);
  if (!name.endsWith('.ts') || /\.(spec|fixture)\.ts$|\.d\.ts$/.test(name)) continue;
  const to = join(copy, 'dist', name.replace(/\.ts$/, '.js'));
  const text = readFileSync(file, 'utf8').replace('const FORMAT = 1;', `const FORMAT = ${format};`);
  mkdirSync(join(to, '..'), { recursive: true });
  writeFileSync(to, transformSync(text, { ...SWC_OPTIONS, filename: file }).code);
}
cpSync(join(root, 'libs/patronus/package.json'), join(copy, 'package.json'));
// Versions of its own come first, as where it is installed.
symlinkSync(join(root, 'libs/patronus/node_modules'), join(copy, 'node_modules'));
symlinkSync(join(root, 'node_modules'), join(folder, 'packages/node_modules'));

const { CurrentTenant, CurrentUser } = await import(pathToFileURL(join(copy, 'dist/index.js')));

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
