/**
 * Headers and query parameters that hold credentials, in any application of this process. Logs and
 * spans leave out their values. A name that an application does not use does no harm.
 */
const headers = new Set<string>();
const parameters = new Set(['access_token']);

/** Adds the names that an application reads credentials from. `header` is in lower case. */
export function noteCredentialNames(names: {
  readonly header?: string | undefined;
  readonly parameter?: string | undefined;
}): void {
  if (names.header !== undefined) headers.add(names.header);
  if (names.parameter !== undefined) parameters.add(names.parameter);
}

export function isCredentialHeader(name: string): boolean {
  return headers.has(name.toLowerCase());
}

export function isCredentialParameter(name: string): boolean {
  return parameters.has(name);
}

/**
 * Replaces the credentials in a URL, or in a query by itself, and leaves the rest readable.
 *
 * @param url - a whole URL, a target such as `/notes?token=…`, or a query that begins with `?`
 */
export function withoutCredentials(url: string, replacement: string): string {
  return url.replace(/([?&])([^=&#]*)=[^&#]*/g, (all, start: string, name: string) =>
    isCredentialParameter(decoded(name)) ? `${start}${name}=${replacement}` : all,
  );
}

function decoded(name: string): string {
  const [parameter = ''] = new URLSearchParams(name).keys();
  return parameter;
}
