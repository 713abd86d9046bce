/** Whether a header was sent twice, though Node keeps the first of some and joins others. */
export function isRepeated(name: string, rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index];
    if (sent?.length === name.length && sent.toLowerCase() === name) seen += 1;
  }
  return seen > 1;
}
