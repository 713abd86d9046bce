import type { INestApplication } from '@nestjs/common';
import { DemoIssuer } from './demo/demo-issuer.js';
import { DEMO_USERS } from './demo/demo-user.js';
import type { ClinicSettings } from './settings/clinic-settings.js';

/** Writes the message of the start: the address, the location of the data, and commands to try. */
export async function welcome(
  app: INestApplication,
  settings: ClinicSettings,
  place: string,
): Promise<string> {
  const { port } = new URL(await app.getUrl());
  const url = `http://localhost:${port}`;
  const token = settings.entrance ? undefined : await receptionistToken(app);
  return [
    `The clinic listens on ${url}`,
    `Data: ${place}`,
    '',
    `  curl ${url}/health`,
    ...(token === undefined ? [] : [`  curl -H "Authorization: Bearer ${token}" ${url}/patients`]),
    `  curl -i ${url}/patients`,
    '',
  ].join('\n');
}

async function receptionistToken(app: INestApplication): Promise<string | undefined> {
  const receptionist = DEMO_USERS.find(({ user }) => user === 'receptionist');
  return receptionist && app.get(DemoIssuer, { strict: false }).mint(receptionist);
}
