import { extname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { html } from '../operation/http/html.js';
import type { Locale } from '../operation/http/locale.js';
import { currentLocale } from '../operation/http/request-facts.js';
import type { Brand } from '../operation/settings/brand.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import type { MailDraft } from './account-mails.js';
import { en, type MailCopy, type MailText } from './copy/en.js';
import { es } from './copy/es.js';

/** A mail that is ready to be sent: plain text, and the same with the look of the brand. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
}

const COPY: Readonly<Record<Locale, MailCopy>> = { en, es };

/** Writes mails in the language of the request that caused them; in English outside of requests. */
@Injectable()
export class MailWriter {
  constructor(private readonly settings: ServerSettings) {}

  write({ to, link, write }: MailDraft): Mail {
    const { brand, issuer } = this.settings;
    const { locale } = currentLocale();
    const content = write(COPY[locale], brand.name);
    const { subject } = content;
    const markup = htmlOf(content, { locale, link, brand, issuer });
    return { to, subject, text: textOf(content, link, brand.name), html: markup };
  }
}

function textOf({ lines, action, ending }: MailText, link: string | undefined, brand: string) {
  const linked = link === undefined ? [] : [`${action ?? ''}:\n${link}`];
  return [...lines, ...linked, ending, `-- \n${brand}`].join('\n\n');
}

interface Look {
  readonly locale: Locale;
  readonly link: string | undefined;
  readonly brand: Brand;
  readonly issuer: string;
}

/** Styles stand in attributes: many mail programs drop style sheets. */
const FONT = 'font: 16px/1.5 -apple-system, Segoe UI, Roboto, sans-serif';
const PAGE = `margin: 0; padding: 24px; background: #f3f6f4; color: #12211d; ${FONT}`;
const CARD = 'max-width: 480px; margin: 0 auto; padding: 32px; background: #fff';
const BUTTON = 'display: inline-block; padding: 12px 20px; border-radius: 8px; font-weight: 600';

function htmlOf({ subject, lines, action, ending }: MailText, look: Look): string {
  const { locale, link, brand, issuer } = look;
  const { color, onColor } = brand.light;
  const button = `${BUTTON}; background: ${color}; color: ${onColor}; text-decoration: none`;
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <title>${subject}</title>
      </head>
      <body style="${PAGE}">
        <div style="${CARD}">
          ${
            isShownInMails(brand)
              ? html`<img src="${issuer}/assets/logo" alt="${brand.name}" height="32" />`
              : html`<p style="font-weight: 600">${brand.name}</p>`
          }
          <h1 style="font-size: 22px">${subject}</h1>
          ${lines.map((line) => html`<p>${line}</p> `)}
          ${
            link !== undefined &&
            html`<p><a href="${link}" style="${button}">${action}</a></p>
              <p style="font-size: 14px; overflow-wrap: anywhere">${link}</p>`
          }
          <p style="color: #566862">${ending}</p>
        </div>
      </body>
    </html> `.toString();
}

/** Mail programs show no SVG. */
function isShownInMails({ logoFile }: Brand): boolean {
  return logoFile !== undefined && extname(logoFile).toLowerCase() === '.png';
}
