import { BlockList, isIP } from 'node:net';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variable of the environment that names a proxy. */
interface ProxyVariable {
  readonly name: string;
  readonly value: string;
}

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['http:', '80'],
  ['https:', '443'],
]);

/**
 * Returns the proxy for a URL: by `HTTPS_PROXY` or `HTTP_PROXY` for https, by `HTTP_PROXY` for
 * http, none if `NO_PROXY` names the host. Names in lower case come first, as with other programs.
 *
 * @throws {PatronusConfigurationError} if the variable is not the URL of a proxy
 */
export function proxyTo(url: URL, environment: Environment = process.env): URL | undefined {
  const variable = variableFor(url.protocol, environment);
  if (variable === undefined || isExcepted(url, environment)) return undefined;
  return readProxy(variable);
}

/**
 * Checks the variables before the first request.
 *
 * @throws {PatronusConfigurationError} if one of them is not the URL of a proxy
 */
export function checkProxyEnvironment(environment: Environment = process.env): void {
  for (const protocol of DEFAULT_PORTS.keys()) {
    const variable = variableFor(protocol, environment);
    if (variable !== undefined) readProxy(variable);
  }
}

function variableFor(protocol: string, environment: Environment): ProxyVariable | undefined {
  const http = readVariable('HTTP_PROXY', environment);
  return protocol === 'https:' ? (readVariable('HTTPS_PROXY', environment) ?? http) : http;
}

function readVariable(name: string, environment: Environment): ProxyVariable | undefined {
  for (const spelling of [name.toLowerCase(), name]) {
    const value = environment[spelling];
    if (value !== undefined && value !== '') return { name: spelling, value };
  }
  return undefined;
}

/**
 * Reads the URL of a proxy. The error repeats no part of the value, because it may hold a password.
 */
function readProxy({ name, value }: ProxyVariable): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && DEFAULT_PORTS.has(url.protocol)) return url;
  throw new PatronusConfigurationError(
    name,
    'is not the URL of an HTTP proxy.',
    'Give one such as http://proxy.example.com:3128, or unset the variable.',
  );
}

function isExcepted({ protocol, hostname, port }: URL, environment: Environment): boolean {
  const list =
    readVariable('NO_PROXY', environment)
      ?.value.toLowerCase()
      .split(/[,\s]+/) ?? [];
  const host = bare(hostname);
  const actualPort = port === '' ? DEFAULT_PORTS.get(protocol) : port;
  return list.some((entry) => {
    if (entry === '*') return true;
    const [, name = entry, only] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
    return (only === undefined || only === actualPort) && covers(bare(name), host);
  });
}

/**
 * Returns true if an entry of `NO_PROXY` covers a host: its name, a domain above it, an address, a
 * subnet.
 */
function covers(entry: string, host: string): boolean {
  const [network = '', prefix] = entry.split('/');
  if (prefix !== undefined) return isWithin(host, network, Number(prefix));
  const domain = entry.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isWithin(host: string, network: string, prefix: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const longest = family === 'ipv6' ? 128 : 32;
  if (isIP(network) === 0 || isIP(host) !== isIP(network)) return false;
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > longest) return false;
  const subnet = new BlockList();
  subnet.addSubnet(network, prefix, family);
  return subnet.check(host, family);
}

/** Removes the brackets of an IPv6 address. */
function bare(host: string): string {
  return host.replace(/^\[(.+)\]$/, '$1');
}
