import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PATIENTS } from '../../library/servers/patients.mjs';

/** The measured route on the Nest version that the peer supports. */
export function createApp({ imports = [], providers = [], decorators = [] }) {
  class PatientsController {
    list() {
      return PATIENTS;
    }
  }
  const method = Object.getOwnPropertyDescriptor(PatientsController.prototype, 'list');
  for (const decorate of [...decorators, Get()].toReversed()) {
    decorate(PatientsController.prototype, 'list', method);
  }
  Controller('patients')(PatientsController);
  class BenchModule {}
  Module({ imports, providers, controllers: [PatientsController] })(BenchModule);
  return NestFactory.create(BenchModule, { logger: false, abortOnError: false });
}
