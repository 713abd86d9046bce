import { readPort, type Environment, required, SettingsError } from './read-setting.js';

/** An OpenID Connect issuer that the clinic trusts, and the audience of its tokens. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
}

/** The clinic as a client of its issuer (RFC 6749), and the cookies of the sign-in. */
export class SignInSettings {
  constructor(
    readonly trusted: TrustedIssuer,
    readonly clientId: string,
    /** Undefined for a public client, which uses only PKCE. */
    readonly clientSecret: string | undefined,
    /** The origin of the clinic in browsers: `https://clinic.example.com`. */
    readonly publicUrl: string,
    /** True to make people members at their first sign-in. Never in production. */
    readonly enrols: boolean,
  ) {}

  /** The name of the cookie with the access token. */
  get sessionCookie(): string {
    return this.cookieName('clinic_session');
  }

  /** The name of the cookies that bind sign-ins in progress to the browser, without their state. */
  get attemptCookie(): string {
    return this.cookieName('clinic_sign_in');
  }

  /** Adds a prefix with https, so that no other host can set the cookie (RFC 6265bis, section 4.1.3.2). */
  private cookieName(name: string): string {
    return this.publicUrl.startsWith('https:') ? `__Host-${name}` : name;
  }
}

interface Surroundings {
  readonly production: boolean;
  readonly trusted: TrustedIssuer;
  readonly enrols: boolean;
}

/** @throws {SettingsError} */
export function readSignIn(
  environment: Environment,
  { production, trusted, enrols }: Surroundings,
): SignInSettings | undefined {
  const clientId = environment['OIDC_CLIENT_ID'];
  if (!clientId) return undefined;
  const clientSecret = environment['OIDC_CLIENT_SECRET'] || undefined;
  const publicUrl = readPublicUrl(environment, production);
  return new SignInSettings(trusted, clientId, clientSecret, publicUrl, enrols);
}

function readPublicUrl(environment: Environment, production: boolean): string {
  const text = production
    ? required(environment, 'PUBLIC_URL', 'sign-in under NODE_ENV=production')
    : environment['PUBLIC_URL'] || `http://localhost:${readPort(environment)}`;
  const url = URL.parse(text);
  if (url === null || url.origin !== text || !takesSecureCookies(url)) {
    throw new SettingsError(
      'PUBLIC_URL must be an origin such as https://clinic.example.com: https, or http on localhost.',
    );
  }
  return text;
}

/** Tells if browsers accept `Secure` cookies of an origin: with https, and from localhost. */
function takesSecureCookies({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
}
