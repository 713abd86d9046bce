import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { isLoopbackHost } from '../identity/secure-url.js';
import { proxyTo } from './proxy-environment.js';
import { CONNECT_TIMEOUT } from './remote-limits.js';

/** Route of a request to another server. */
export interface OutgoingRoute {
  readonly dispatcher: Dispatcher;
  /** URL of the proxy, without its user and password. */
  readonly proxy?: string;
}

const timeout = CONNECT_TIMEOUT * 1000;

/** Resolves `localhost` and the names below it, which no DNS server may resolve (RFC 6761). */
const lookUpLoopback: LookupFunction = (_hostname, { all }, callback) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (all === true) callback(null, addresses);
  else callback(null, '127.0.0.1', 4);
};

const direct = new Agent({ connect: { timeout } });
const loopback = new Agent({ connect: { timeout, lookup: lookUpLoopback } });

/** Proxies by URL: two at most in practice, because the environment names them. */
const proxies = new Map<string, ProxyAgent>();

/**
 * Returns the route to a URL: through the proxy that the environment names, or direct. A request to
 * this machine never leaves it, regardless of the environment.
 *
 * @throws {PatronusConfigurationError} if a variable of the environment is not valid
 */
export function routeTo(url: URL): OutgoingRoute {
  if (isLoopbackHost(url.hostname)) return { dispatcher: loopback };
  const proxy = proxyTo(url);
  if (proxy === undefined) return { dispatcher: direct };
  return { dispatcher: agentFor(proxy.href), proxy: proxy.origin };
}

function agentFor(uri: string): ProxyAgent {
  const known = proxies.get(uri);
  if (known !== undefined) return known;
  const agent = new ProxyAgent({
    uri,
    // Plain http uses the absolute form: as a rule, proxies tunnel to port 443 only.
    proxyTunnel: false,
    proxyTls: { timeout },
    requestTls: { timeout },
  });
  proxies.set(uri, agent);
  return agent;
}
