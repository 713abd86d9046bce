import type { NestExpressApplication } from '@nestjs/platform-express';
import { FirstAdministrator } from './accounts/first-administrator.js';
import { showsMails } from './mail/dev-mail.guard.js';
import type { ServerSettings } from './settings/server-settings.js';

/** Where the platform listens, where its data is, and how it gets its first administrator. */
export async function welcome(
  app: NestExpressApplication,
  settings: ServerSettings,
  place: string,
): Promise<string> {
  const { issuer } = settings;
  const link = await app.get(FirstAdministrator, { strict: false }).link();
  return [
    `Patronus listens on ${issuer}`,
    `Its data: ${place}`,
    ...(showsMails(settings) ? [`Mails are kept: ${issuer}/dev/mail`] : []),
    ...(link === undefined ? [] : [`Make the first administrator, within the hour: ${link}`]),
    '',
  ].join('\n');
}
