import { StartError } from './start.error.mjs';

const SAMPLE_CLIENT = 'sample';

/** Names that both applications read: each has one of its own here. */
const PER_APPLICATION = ['PORT', 'DATABASE_URL', 'NODE_ENV'];

/**
 * The environment of the platform, and that of the sample that believes it.
 *
 * @throws {StartError}
 */
export function readStartSettings(environment) {
  if (environment.NODE_ENV === 'production') {
    throw new StartError(
      'npm start is for development: it makes members of strangers. In production each application is started by itself.',
    );
  }
  const platformPort = readPort(environment, 'PLATFORM_PORT', '4000');
  const samplePort = readPort(environment, 'SAMPLE_PORT', '3000');
  if (platformPort === samplePort) {
    throw new StartError('PLATFORM_PORT and SAMPLE_PORT must be two ports.');
  }
  const issuer = `http://localhost:${platformPort}`;
  const sampleUrl = `http://localhost:${samplePort}`;
  const shared = without(environment, PER_APPLICATION);
  return {
    issuer,
    sampleUrl,
    ports: { PLATFORM_PORT: platformPort, SAMPLE_PORT: samplePort },
    platform: {
      ...shared,
      NODE_ENV: 'development',
      PORT: String(platformPort),
      ISSUER: issuer,
      DATABASE_URL: environment.PLATFORM_DATABASE_URL ?? '',
      LOG_LEVEL: environment.LOG_LEVEL || 'warn',
      CLIENTS: JSON.stringify([clientOf(sampleUrl)]),
      RESOURCE_SERVERS: JSON.stringify([{ identifier: sampleUrl, scopes: [] }]),
    },
    sample: {
      ...shared,
      NODE_ENV: 'development',
      PORT: String(samplePort),
      PUBLIC_URL: sampleUrl,
      DATABASE_URL: environment.SAMPLE_DATABASE_URL ?? '',
      OIDC_ISSUER: issuer,
      OIDC_AUDIENCE: sampleUrl,
      OIDC_CLIENT_ID: SAMPLE_CLIENT,
      OIDC_CLIENT_SECRET: '',
      MEMBERS_FROM: 'table',
    },
    notices: environment.DATABASE_URL
      ? [
          'DATABASE_URL is not used here: PLATFORM_DATABASE_URL and SAMPLE_DATABASE_URL name a database for each application.',
        ]
      : [],
  };
}

/** RFC 7591, section 2: a public client of the operator, which holds no token beyond the session. */
function clientOf(sampleUrl) {
  return {
    client_id: SAMPLE_CLIENT,
    client_name: 'The clinic',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [`${sampleUrl}/sign-in/callback`],
    post_logout_redirect_uris: [`${sampleUrl}/`],
    skip_consent: true,
  };
}

function readPort(environment, name, standard) {
  const text = environment[name] || standard;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= 65_535) return port;
  throw new StartError(`${name} must be a whole number from 1 to 65535, and is "${text}".`);
}

function without(environment, names) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
}
