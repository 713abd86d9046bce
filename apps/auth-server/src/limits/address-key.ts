import { isIPv4, isIPv6 } from 'node:net';

/** The first half of an IPv6 address is the network: whoever has one has all 2^64 addresses in it. */
const NETWORK_GROUPS = 4;

/**
 * What requests from an address are counted under: the address for IPv4, also where it is written as
 * IPv6 (RFC 4291, section 2.5.5.2), and the /64 for IPv6. All that have none share one.
 */
export function addressKey(address: string | undefined): string {
  const [plain = ''] = (address ?? '').split('%');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return 'unknown';
  const groups = groupsOf(plain);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  }
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** The eight numbers of an IPv6 address; URL writes each way of writing it as one. */
function groupsOf(address: string): number[] {
  const [, canonical = ''] = /^\[(.*)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  const [head = '', tail = ''] = canonical.split('::');
  const first = numbersOf(head);
  const last = numbersOf(tail);
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function numbersOf(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16));
}
