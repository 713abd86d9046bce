/**
 * Resolves a path to an address of the clinic, or to its page if the path leads to another host. Browsers read
 * `//evil.example` and `/\evil.example` as other hosts, so the resolved address is checked and returned.
 */
export function ownAddress(path: string, publicUrl: string): string {
  const home = `${publicUrl}/`;
  const url = path.startsWith('/') ? URL.parse(path, home) : null;
  return url?.origin === publicUrl ? url.href : home;
}
