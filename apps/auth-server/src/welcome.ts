import type { NestExpressApplication } from '@nestjs/platform-express';
import { FirstAdministrator } from './accounts/first-administrator.js';
import type { ServerSettings } from './settings/server-settings.js';

/** Where the platform listens, where its data is, and how it gets its first administrator. */
export async function welcome(
  app: NestExpressApplication,
  { issuer, smtpUrl }: ServerSettings,
  place: string,
): Promise<string> {
  const link = await app.get(FirstAdministrator, { strict: false }).link();
  return [
    `Patronus listens on ${issuer}`,
    `Its data: ${place}`,
    ...(smtpUrl === undefined ? [`Mails are kept: ${issuer}/dev/mail`] : []),
    ...(link === undefined ? [] : [`Make the first administrator, within the hour: ${link}`]),
    '',
  ].join('\n');
}
