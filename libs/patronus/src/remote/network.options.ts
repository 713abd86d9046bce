import type { Dispatcher } from 'undici';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { requireTexts } from '../errors/require-option.js';
import { checkProxyEnvironment } from './proxy-environment.js';

/** Network settings of a provider. */
export interface NetworkOptions {
  /**
   * Sends the provider's requests, in place of the dispatcher of Patronus: an undici `Agent` with a
   * private certificate authority, a `ProxyAgent`, or one of your own. The proxies of the
   * environment are then ignored. Time and size stay bounded, and no redirect is followed.
   *
   * @example
   * dispatcher: new Agent({ connect: { ca: readFileSync('/etc/ssl/company-ca.pem') } })
   */
  readonly dispatcher?: Dispatcher | undefined;
  /**
   * Hosts that may be called over plain http, by their exact names and on any port. For servers
   * inside of a cluster, on a network that you trust: a machine in between can read and change
   * their answers, and so let any caller in. Default: none, besides this machine.
   *
   * @example
   * insecureHosts: ['keycloak', 'keycloak.identity.svc.cluster.local']
   */
  readonly insecureHosts?: readonly string[] | undefined;
}

/** Names of {@link NetworkOptions}. */
export const NETWORK_OPTIONS = ['dispatcher', 'insecureHosts'] as const;

/** {@link NetworkOptions}, checked. */
export interface Network {
  readonly dispatcher: Dispatcher | undefined;
  /** Host names in lower case. */
  readonly insecureHosts: readonly string[];
}

/**
 * Checks the network options.
 *
 * @throws {PatronusConfigurationError} if an option is not valid, or a proxy variable of the
 * environment is not
 */
export function readNetwork(path: string, options: NetworkOptions): Network {
  const { dispatcher, insecureHosts } = options;
  if (dispatcher === undefined) checkProxyEnvironment();
  else if (typeof dispatcher?.dispatch !== 'function') {
    throw new PatronusConfigurationError(
      `${path}.dispatcher`,
      'is not a dispatcher of undici.',
      "Give one, such as new Agent({ connect: { ca } }) of 'undici'.",
    );
  }
  return {
    dispatcher,
    insecureHosts: readInsecureHosts(`${path}.insecureHosts`, insecureHosts),
  };
}

/**
 * Reads the list of hosts.
 *
 * @throws {PatronusConfigurationError} if the option is not a list of host names
 */
export function readInsecureHosts(path: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const remedy = "Give host names alone, without http:// and without a port, such as ['keycloak'].";
  return requireTexts(path, value, remedy).map((host) => {
    const lower = host.toLowerCase();
    const url = `http://${lower}/`;
    if (URL.canParse(url) && new URL(url).hostname === lower && !lower.includes('*')) return lower;
    throw new PatronusConfigurationError(path, 'holds something that is not a host name.', remedy);
  });
}
