/**
 * The address of the clinic that `path` leads to; its page, where it leads elsewhere. A browser reads
 * `//evil.example` and `/\evil.example` as other hosts: so what counts is where it leads, and what is
 * handed on is never a path again.
 */
export function ownAddress(path: string, publicUrl: string): string {
  const home = `${publicUrl}/`;
  const url = path.startsWith('/') ? URL.parse(path, home) : null;
  return url?.origin === publicUrl ? url.href : home;
}
