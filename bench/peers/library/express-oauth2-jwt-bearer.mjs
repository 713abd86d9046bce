import { auth, claimIncludes } from 'express-oauth2-jwt-bearer';
import { createApp } from '../../library/servers/nest-app.mjs';
import { patientsController } from '../../library/servers/route.mjs';

/** Auth0's middleware for Express, in front of the route. */
export async function start({ adapter, issuer, jwksUri, audience }) {
  const app = await createApp({ controllers: [patientsController()] }, adapter);
  app.use(
    '/patients',
    auth({ issuer, jwksUri, audience, tokenSigningAlg: 'RS256' }),
    claimIncludes('roles', 'receptionist'),
  );
  return { app };
}
