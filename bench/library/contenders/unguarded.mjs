import { createApp } from '../servers/nest-app.mjs';
import { extraRoutes, extraServices } from '../servers/extras.mjs';
import { patientsController } from '../servers/route.mjs';

/** The same application with no guard at all: what every other contender is a share of. */
export async function start({ adapter, routes = 1, services = 0 }) {
  return {
    app: await createApp(
      {
        controllers: [patientsController(), ...extraRoutes(routes - 1)],
        providers: extraServices(services),
      },
      adapter,
    ),
  };
}
