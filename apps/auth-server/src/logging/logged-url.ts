/** Parameters that help to understand a request, and are no secret. */
const TELLING = new Set(['client_id', 'grant_type', 'prompt', 'response_type', 'scope']);

/** The address of a request as it is logged: its parameters by name, hardly any by value. */
export function loggedUrl(url: string): string {
  const at = url.indexOf('?');
  if (at === -1) return url;
  const parameters = url
    .slice(at + 1)
    .split('&')
    .map((parameter) => {
      const [name = ''] = parameter.split('=', 1);
      return TELLING.has(name) || name === parameter ? parameter : `${name}=[Redacted]`;
    });
  return `${url.slice(0, at)}?${parameters.join('&')}`;
}
