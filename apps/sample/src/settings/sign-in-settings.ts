import { readPort, type Environment, required, SettingsError } from './read-setting.js';

/** An OpenID Connect issuer that the clinic believes, and the audience its tokens must name. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
}

/** How people sign in at the issuer that the clinic believes: as a client of it (RFC 6749). */
export class SignInSettings {
  constructor(
    readonly trusted: TrustedIssuer,
    readonly clientId: string,
    /** Undefined for a public client, which proves itself by PKCE alone. */
    readonly clientSecret: string | undefined,
    /** The origin by which browsers know the clinic: `https://clinic.example.com`. */
    readonly publicUrl: string,
    /** Whether who signs in for the first time is made a member. Never in production. */
    readonly enrols: boolean,
  ) {}

  /** Holds the access token of whoever is signed in. */
  get sessionCookie(): string {
    return this.cookieName('clinic_session');
  }

  /** Holds what a sign-in that is under way must come back with. */
  get attemptCookie(): string {
    return this.cookieName('clinic_sign_in');
  }

  /** Over https no other host can set a cookie of that name (RFC 6265bis, section 4.1.3.2). */
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

/** Browsers take `Secure` cookies over https, and from this machine. */
function takesSecureCookies({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
}
