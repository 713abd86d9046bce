import { isJsonObject, member } from '../../identity/json-object.js';
import { isAllowedUrl } from '../../identity/secure-url.js';
import { askForMetadata, type KnownIssuer, urlNamedIn } from '../../remote/issuer-metadata.js';
import { checkClock } from './check-clock.js';
import { checkRoute } from './check-route.js';
import { readDocument } from './fetch-document.js';
import { error, type Finding, ok, warning } from './finding.js';

const HTTPS_REMEDY =
  'Use https; http is for the loopback, and for hosts that --insecure-host and insecureHosts name.';

/** Findings about an issuer, with the location of its keys. */
export interface ExaminedIssuer {
  readonly findings: readonly Finding[];
  /** Undefined if the guard would not get this far. */
  readonly jwksUri?: string;
}

/**
 * Describes the difference between two issuers that look the same. Issuers are compared by
 * characters.
 */
function differenceOf(named: unknown, issuer: string): string {
  if (typeof named !== 'string') return 'there is none in it';
  if (named === `${issuer}/` || `${named}/` === issuer) return 'a slash at the end';
  if (named.toLowerCase() === issuer.toLowerCase()) return 'upper and lower case';
  if (named.replace(/^https?:/, '') === issuer.replace(/^https?:/, '')) return 'http and https';
  return 'another name';
}

/** Discovers the keys as the guard does: OpenID Connect Discovery 1.0, or else RFC 8414. */
export async function checkIssuer(known: KnownIssuer, jwksUri?: string): Promise<ExaminedIssuer> {
  const { issuer, insecureHosts } = known;
  if (!isAllowedUrl(issuer, insecureHosts)) {
    const problem = `${issuer} is not an https URL, so anyone on the way can answer in its place.`;
    return { findings: [error('issuer_insecure', problem, HTTPS_REMEDY)] };
  }
  if (issuer.includes('?')) {
    const problem = `${issuer} has a query, which an issuer must not have.`;
    const remedy =
      'Give the issuer as its metadata names it; oidc() refuses to start with this one.';
    return { findings: [error('issuer_query', problem, remedy)] };
  }
  if (jwksUri !== undefined) return checkConfigured(jwksUri, insecureHosts);
  const route = checkRoute(issuer);
  const fetched = await readDocument('discovery', issuer, () => askForMetadata(known));
  if ('finding' in fetched) return { findings: [route, fetched.finding] };
  const { url } = fetched;
  const findings = [route, ok('discovery', `${url} answers.`), checkClock(fetched)];
  const metadata = isJsonObject(fetched.document) ? fetched.document : {};
  const named = member(metadata, 'issuer');
  if (named !== issuer) {
    const problem = `The discovery document names another issuer: ${differenceOf(named, issuer)}.`;
    const remedy = `Configure the issuer exactly as in ${url}.`;
    return { findings: [...findings, error('discovery_issuer', problem, remedy)] };
  }
  findings.push(ok('discovery_issuer', 'It names this issuer, to the character.'));
  const found = urlNamedIn(metadata, 'jwks_uri', known);
  if (found !== undefined) {
    const isElsewhere = new URL(found).origin !== new URL(issuer).origin;
    if (isElsewhere) findings.push(checkRoute(found));
    return { findings, jwksUri: found };
  }
  const problem = 'jwks_uri is missing, is not https, or leads to this machine.';
  const remedy = 'Correct the discovery document, or give --jwks and the option jwksUri.';
  return { findings: [...findings, error('jwks_uri', problem, remedy)] };
}

function checkConfigured(jwksUri: string, insecureHosts: readonly string[]): ExaminedIssuer {
  const skipped = warning(
    'discovery_skipped',
    '--jwks gives the URL of the keys, so discovery is not checked.',
    'Leave --jwks out, unless the provider is configured with jwksUri.',
  );
  if (isAllowedUrl(jwksUri, insecureHosts)) {
    return { findings: [skipped, checkRoute(jwksUri)], jwksUri };
  }
  const problem = `${jwksUri} is not an https URL.`;
  return { findings: [skipped, error('jwks_uri', problem, HTTPS_REMEDY)] };
}
