import { isJsonObject, member } from '../../identity/json-object.js';
import { KeyLocation } from '../../providers/jwt/key-location.js';
import { isSecureUrl } from '../../remote/secure-url.js';
import { checkClock } from './check-clock.js';
import { fetchDocument } from './fetch-document.js';
import { error, type Finding, ok, warning } from './finding.js';

/** What is known of an issuer after a look at it. */
export interface ExaminedIssuer {
  readonly findings: readonly Finding[];
  /** Undefined where the guard would not get that far. */
  readonly jwksUri?: string;
}

/** How two issuers differ that look the same; issuers are compared by characters. */
function differenceOf(named: unknown, issuer: string): string {
  if (typeof named !== 'string') return 'there is none in it';
  if (named === `${issuer}/` || `${named}/` === issuer) return 'a slash at the end';
  if (named.toLowerCase() === issuer.toLowerCase()) return 'upper and lower case';
  if (named.replace(/^https?:/, '') === issuer.replace(/^https?:/, '')) return 'http and https';
  return 'another name';
}

/** Discovery as the guard does it (OpenID Connect Discovery 1.0, section 4). */
export async function checkIssuer(issuer: string, jwksUri?: string): Promise<ExaminedIssuer> {
  if (!isSecureUrl(issuer)) {
    const problem = `${issuer} is no https URL, so nobody knows who answers there.`;
    return {
      findings: [error('issuer_insecure', problem, 'Use https; http is for the loopback.')],
    };
  }
  if (jwksUri !== undefined) return checkConfigured(jwksUri);
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const fetched = await fetchDocument('discovery', url);
  if ('finding' in fetched) return { findings: [fetched.finding] };
  const findings = [ok('discovery', `${url} answers.`), checkClock(fetched)];
  const metadata = isJsonObject(fetched.document) ? fetched.document : {};
  const named = member(metadata, 'issuer');
  if (named !== issuer) {
    const problem = `The discovery document names another issuer: ${differenceOf(named, issuer)}.`;
    const remedy = `Configure the issuer as it stands in ${url}, to the character.`;
    return { findings: [...findings, error('discovery_issuer', problem, remedy)] };
  }
  findings.push(ok('discovery_issuer', 'It names this issuer, to the character.'));
  return locate(issuer, metadata, findings);
}

async function locate(
  issuer: string,
  metadata: object,
  findings: readonly Finding[],
): Promise<ExaminedIssuer> {
  try {
    const location = new KeyLocation(issuer, undefined, () => Promise.resolve(metadata));
    return { findings, jwksUri: await location.find() };
  } catch {
    const problem = 'jwks_uri is missing, is not https, or leads to this machine.';
    const remedy = 'Mend the discovery document, or give --jwks and the option jwksUri.';
    return { findings: [...findings, error('jwks_uri', problem, remedy)] };
  }
}

function checkConfigured(jwksUri: string): ExaminedIssuer {
  const skipped = warning(
    'discovery_skipped',
    '--jwks says where the keys are, so discovery is not looked at.',
    'Leave --jwks out, unless the provider is configured with jwksUri.',
  );
  if (isSecureUrl(jwksUri)) return { findings: [skipped], jwksUri };
  const problem = `${jwksUri} is no https URL.`;
  return {
    findings: [skipped, error('jwks_uri', problem, 'Use https; http is for the loopback.')],
  };
}
