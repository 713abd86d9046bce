import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';

const FOLDER = fileURLToPath(new URL('../../public/', import.meta.url));

/** Serves what pages load, under `/assets`. A browser asks each time whether its copy is current. */
export function mountAssets(app: NestExpressApplication): void {
  app.useStaticAssets(FOLDER, {
    prefix: '/assets/',
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse) => {
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    },
  });
}
