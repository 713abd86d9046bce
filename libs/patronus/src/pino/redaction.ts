import type { Options } from 'pino-http';

type Redact = NonNullable<Exclude<Options['redact'], string[]>>;

const CENSORED = '[Redacted]';

/**
 * Hides the credentials in the request and the response that pino-http logs, and what the application
 * says beside them, in its own way.
 *
 * A token in the query string is refused (RFC 6750, section 2.3), but it has come: it is cut out of the
 * URL, which stays readable.
 */
export function redactionOf(keys: Options['customAttributeKeys'], more: Options['redact']): Redact {
  const { req = 'req', res = 'res' } = keys ?? {};
  const credentials = [
    `${req}.headers.authorization`,
    `${req}.headers.proxy-authorization`,
    `${req}.headers.cookie`,
    `${req}.headers.x-api-key`,
    `${req}.headers.dpop`,
    // The subprotocol patronus.bearer.<token> of a socket that no server takes.
    `${req}.headers.sec-websocket-protocol`,
    `${req}.query.access_token`,
    `${res}.headers.set-cookie`,
  ];
  const url = `${req}.url`;
  const own = Array.isArray(more) ? { paths: more } : (more ?? { paths: [] });
  return {
    paths: [...new Set([...[...credentials, url].map(bracketed), ...own.paths])],
    censor: (value, path) => {
      const place = path.join('.');
      if (credentials.includes(place)) return CENSORED;
      if (place === url && !own.paths.includes(url)) return withoutToken(value);
      if (own.remove === true) return undefined;
      const { censor = CENSORED }: Redact = own;
      return typeof censor === 'function' ? censor(value, path) : censor;
    },
  };
}

/** As pino writes paths: `req.headers["x-api-key"]`. */
function bracketed(path: string): string {
  return path.replace(/\.([^.]*-[^.]*)/g, '["$1"]');
}

function withoutToken(url: unknown): unknown {
  if (typeof url !== 'string') return url;
  return url.replace(/([?&][^=&#]*)=[^&#]*/g, (parameter, name: string) =>
    new URLSearchParams(name.slice(1)).has('access_token') ? `${name}=${CENSORED}` : parameter,
  );
}
