import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, RequirePermissions } from '@patronus/nestjs';

/** A real application with one guarded route, `GET /notes`, on a free port of this machine. */
export async function startApp(options) {
  class NotesController {
    list() {
      return ['note'];
    }
  }
  const method = Object.getOwnPropertyDescriptor(NotesController.prototype, 'list');
  Get()(NotesController.prototype, 'list', method);
  RequirePermissions('notes.read')(NotesController.prototype, 'list', method);
  Controller('notes')(NotesController);

  class DrillModule {}
  Module({ imports: [PatronusModule.forRoot(options)], controllers: [NotesController] })(
    DrillModule,
  );
  const app = await NestFactory.create(DrillModule, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: `${await app.getUrl()}/notes`, close: () => app.close() };
}
