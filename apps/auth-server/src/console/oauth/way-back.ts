import type { Interaction, Provider } from 'oidc-provider';
import { currentRequest } from '../../operation/http/request-facts.js';
import type { WayBack } from '../views/error.page.js';

type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

/** Seconds for which a browser remembers the application that it signed in to last. */
const REMEMBERED = 24 * 60 * 60;

/** The id of the interaction, and that of its client. */
const VALUE = /^([\w-]{1,100})\.([\w%.~*'()!-]{1,600})$/;

/** The name of the cookie. With https, browsers refuse the cookie of another host by it. */
const cookieName = (issuer: string) => (issuer.startsWith('https:') ? '__Host-sign-in' : 'sign-in');

/** Remembers in the browser which sign-in it shows, so that the page of an error can lead back to it. */
export function rememberSignIn({ uid, params }: Interaction, issuer: string): void {
  const value = `${uid}.${encodeURIComponent(String(params['client_id']))}`;
  currentRequest()?.response.cookie(cookieName(issuer), value, {
    encode: String,
    httpOnly: true,
    secure: issuer.startsWith('https:'),
    sameSite: 'lax',
    path: '/',
    maxAge: REMEMBERED * 1000,
  });
}

/**
 * Finds the way on from a sign-in that has ended: the one that waits in this browser, or else the
 * application that this browser signed in to last.
 */
export async function wayBackInBrowser(
  provider: Provider,
  endedUid?: string,
): Promise<WayBack | undefined> {
  const kept = currentRequest()?.cookie(cookieName(provider.issuer));
  const [, uid = '', clientId = ''] = VALUE.exec(kept ?? '') ?? [];
  if (uid === '') return undefined;
  const waiting = uid === endedUid ? undefined : await provider.Interaction.find(uid);
  if (waiting !== undefined) return { waitsAt: `/interaction/${uid}` };
  const client = await provider.Client.find(decodedOf(clientId));
  return client && wayToClient(client, provider.issuer);
}

/** A percent sign that encodes nothing is no id of a client. */
function decodedOf(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** The address of an application: where it starts a sign-in, its own page, or the origin of its redirects. */
export function wayToClient(client: Client, issuer: string): WayBack | undefined {
  const { applicationType, clientId, clientName = clientId } = client;
  // The redirect of a native application is no page.
  const origins = applicationType === 'native' ? [] : (client.redirectUris ?? []).map(originOf);
  const start = client.initiateLoginUri && withIssuer(client.initiateLoginUri, issuer);
  const href = [start, client.clientUri, ...origins].find((uri) => uri !== undefined);
  return href === undefined ? undefined : { href, host: new URL(href).host, clientName };
}

/** OpenID Connect Core 1.0, section 4. */
function withIssuer(initiateLoginUri: string, issuer: string): string {
  const url = new URL(initiateLoginUri);
  url.searchParams.set('iss', issuer);
  return url.href;
}

function originOf(uri: string): string | undefined {
  const { protocol, origin } = new URL(uri);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}
