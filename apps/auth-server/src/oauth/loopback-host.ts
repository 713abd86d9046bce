const HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a `hostname`, as URLs have it, is this machine's own (RFC 8252, section 7.3). */
export function isLoopbackHost(hostname: string): boolean {
  return HOSTS.has(hostname);
}
