import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import type { Brand } from '../operation/settings/brand.js';

const FOLDER = fileURLToPath(new URL('../../public/', import.meta.url));

/** Serves the files of pages below `/assets`. Browsers check for a new version each time. */
export function mountAssets(app: NestExpressApplication, brand: Brand): void {
  app.use('/assets/brand.css', stylesOf(brand));
  if (brand.logoFile !== undefined) app.use('/assets/logo', logoAt(brand.logoFile));
  app.useStaticAssets(FOLDER, {
    prefix: '/assets/',
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse) => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    },
  });
}

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The colours of the brand, which `platform.css` uses. */
function stylesOf({ light, dark }: Brand): RequestHandler {
  const styles = `${rootOf(light)}
@media (prefers-color-scheme: dark) {
${rootOf(dark)}
}
`;
  return (_request, response) => {
    response
      .set({ ...HEADERS, 'Cache-Control': 'public, max-age=0' })
      .type('css')
      .send(styles);
  };
}

/** Other origins may load the logo: mail programs do. */
function logoAt(file: string): RequestHandler {
  return (_request, response) => {
    response.set({ ...HEADERS, 'Cross-Origin-Resource-Policy': 'cross-origin' });
    response.sendFile(file, { dotfiles: 'allow' });
  };
}

function rootOf({ color, hover, onColor }: Brand['light']): string {
  return `:root {
  --accent: ${color};
  --accent-deep: ${hover};
  --on-accent: ${onColor};
}`;
}
