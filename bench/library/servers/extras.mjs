import { patientsController } from './route.mjs';

/** More routes like the measured one, for an application that has grown. */
export function extraRoutes(count, decorators) {
  return Array.from({ length: count }, (_, index) =>
    patientsController(decorators, `patients-${index}`),
  );
}

/** Nest providers that nobody asks for. */
export function extraServices(count) {
  return Array.from({ length: count }, (_, index) => ({
    provide: `service-${index}`,
    useFactory: () => ({ index }),
  }));
}
