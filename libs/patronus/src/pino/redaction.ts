import type { Options } from 'pino-http';
import {
  isCredentialHeader,
  isCredentialParameter,
  withoutCredentials,
} from '../identity/credential-names.js';

type Redact = NonNullable<Exclude<Options['redact'], string[]>>;

const CENSORED = '[Redacted]';

/**
 * Hides the credentials in the request and the response that pino-http logs, and the members that
 * the application lists, in its own way.
 *
 * A token in the query string is refused on most routes (RFC 6750, section 2.3), but the server has
 * received it. It is removed from the URL, which stays readable.
 */
export function redactionOf(keys: Options['customAttributeKeys'], more: Options['redact']): Redact {
  const { req = 'req', res = 'res' } = keys ?? {};
  const credentials = [
    `${req}.headers.authorization`,
    `${req}.headers.proxy-authorization`,
    `${req}.headers.cookie`,
    `${req}.headers.x-api-key`,
    `${req}.headers.dpop`,
    // The subprotocol patronus.bearer.<token> of a socket that no server accepts.
    `${req}.headers.sec-websocket-protocol`,
    `${res}.headers.set-cookie`,
  ];
  // Rewritten as a whole: the names of credential headers may be known only after the logger was
  // created.
  const rewritten: Readonly<Record<string, (value: unknown) => unknown>> = {
    [`${req}.url`]: (value) => withoutTokens(value),
    [`${req}.headers`]: (value) => withoutMembers(value, isCredentialHeader),
    [`${req}.query`]: (value) => withoutMembers(value, isCredentialParameter),
  };
  const own = Array.isArray(more) ? { paths: more } : (more ?? { paths: [] });
  return {
    paths: [...new Set([...Object.keys(rewritten), ...credentials.map(bracketed), ...own.paths])],
    censor: (value, path) => {
      const place = path.join('.');
      if (credentials.includes(place)) return CENSORED;
      if (!own.paths.includes(place)) {
        const rewrite = rewritten[place];
        if (rewrite !== undefined) return rewrite(value);
      }
      if (own.remove === true) return undefined;
      const { censor = CENSORED }: Redact = own;
      return typeof censor === 'function' ? censor(value, path) : censor;
    },
  };
}

/** Writes a path as pino does: `req.headers["x-api-key"]`. */
function bracketed(path: string): string {
  return path.replace(/\.([^.]*-[^.]*)/g, '["$1"]');
}

function withoutTokens(url: unknown): unknown {
  return typeof url === 'string' ? withoutCredentials(url, CENSORED) : url;
}

function withoutMembers(members: unknown, isCredential: (name: string) => boolean): unknown {
  if (typeof members !== 'object' || members === null) return members;
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, isCredential(name) ? CENSORED : value]),
  );
}
