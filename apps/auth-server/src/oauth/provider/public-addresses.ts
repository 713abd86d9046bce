import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** The special-use addresses (RFC 6890 and the registries of IANA), and multicast. */
const SPECIAL_USE: readonly (readonly ['ipv4' | 'ipv6', string, number])[] = [
  ['ipv4', '0.0.0.0', 8],
  ['ipv4', '10.0.0.0', 8],
  ['ipv4', '100.64.0.0', 10],
  ['ipv4', '127.0.0.0', 8],
  ['ipv4', '169.254.0.0', 16],
  ['ipv4', '172.16.0.0', 12],
  ['ipv4', '192.0.0.0', 24],
  ['ipv4', '192.0.2.0', 24],
  ['ipv4', '192.31.196.0', 24],
  ['ipv4', '192.52.193.0', 24],
  ['ipv4', '192.88.99.0', 24],
  ['ipv4', '192.168.0.0', 16],
  ['ipv4', '192.175.48.0', 24],
  ['ipv4', '198.18.0.0', 15],
  ['ipv4', '198.51.100.0', 24],
  ['ipv4', '203.0.113.0', 24],
  ['ipv4', '224.0.0.0', 3],
  // Unspecified, loopback, and addresses that contain one of IPv4.
  ['ipv6', '::', 95],
  ['ipv6', '::ffff:0:0', 96],
  ['ipv6', '64:ff9b::', 32],
  ['ipv6', '100::', 16],
  ['ipv6', '2001::', 23],
  ['ipv6', '2001:db8::', 32],
  ['ipv6', '2002::', 16],
  ['ipv6', '2620:4f:8000::', 48],
  ['ipv6', '3fff::', 20],
  ['ipv6', '5f00::', 16],
  ['ipv6', 'fc00::', 7],
  ['ipv6', 'fe80::', 9],
  ['ipv6', 'ff00::', 8],
];

const internal = new BlockList();
for (const [family, network, prefix] of SPECIAL_USE) internal.addSubnet(network, prefix, family);

/** Tells if an address is not one of the public network. */
export function isInternalAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 || internal.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Tells if the `hostname` of a URL is an address that is not public. Names are resolved first. */
export function isInternalHost(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && isInternalAddress(address);
}

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Resolves a name as `dns.lookup` does. It fails if one of the addresses is not public. */
export function lookupPublic(hostname: string, options: LookupOptions, done: Callback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isInternalAddress(address))) {
      return done(new Error('The name resolves to the internal network.'), []);
    }
    if (options.all === true) return done(null, addresses);
    return done(null, first.address, first.family);
  });
}
