import { Controller, Get } from '@nestjs/common';
import { PATIENTS } from './patients.mjs';

/** A controller with `GET /<path>`, decorated as the application would, by plain calls. */
export function patientsController(decorators = [], path = 'patients') {
  class PatientsController {
    list() {
      return PATIENTS;
    }
  }
  const method = Object.getOwnPropertyDescriptor(PatientsController.prototype, 'list');
  for (const decorate of [...decorators, Get()].toReversed()) {
    decorate(PatientsController.prototype, 'list', method);
  }
  Controller(path)(PatientsController);
  return PatientsController;
}
