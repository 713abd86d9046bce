import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { createSecuredDocument } from '@patronus/nestjs/swagger';
import type { RequestHandler } from 'express';
import type { ServerSettings } from '../operation/settings/server-settings.js';
import { OAUTH_ENDPOINTS, describeEndpoint } from './openapi-endpoints.js';

const PLACE = 'docs';

/** Swagger UI uses inline styles. Its scripts are served from here, and it may request no other origin. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const setPolicy: RequestHandler = (_request, response, next) => {
  response.setHeader('Content-Security-Policy', POLICY);
  next();
};

/** Serves the description of the API: a page at `/docs`, JSON at `/docs/json`. */
export function mountDocumentation(app: NestExpressApplication, settings: ServerSettings): void {
  app.use(`/${PLACE}`, setPolicy);
  SwaggerModule.setup(PLACE, app, () => documentOf(app, settings), {
    raw: ['json'],
    jsonDocumentUrl: `${PLACE}/json`,
    customSiteTitle: 'Patronus API',
    customCssUrl: '/assets/api.css',
    customJs: '/assets/api.js',
    // With deep links, each operation has a link within its button, which keyboards can't reach.
    swaggerOptions: { deepLinking: false },
  });
}

function documentOf(app: NestExpressApplication, { issuer }: ServerSettings): OpenAPIObject {
  const secret = { type: 'http', scheme: 'bearer' } as const;
  const config = new DocumentBuilder()
    .setTitle('Patronus')
    .setDescription('Accounts, sessions, OAuth 2.0 and OpenID Connect.')
    .setVersion('1')
    .addServer(issuer)
    .addSecurity('client', {
      type: 'http',
      scheme: 'basic',
      description: 'A client’s id and secret.',
    })
    .addSecurity('initialAccessToken', secret)
    .addSecurity('registrationAccessToken', secret)
    .build();
  const document = createSecuredDocument(app, config);
  for (const endpoint of OAUTH_ENDPOINTS) {
    const item = (document.paths[endpoint.path] ??= {});
    item[endpoint.method] = describeEndpoint(endpoint);
  }
  return document;
}
