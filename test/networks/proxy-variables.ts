/** The variables that the tests set, and that the machine may have. */
const VARIABLES = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
];
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

/** Sets the proxy variables of this process; those that are not given are unset. */
export function setEnvironment(values: Readonly<Record<string, string | undefined>>): void {
  for (const name of VARIABLES) {
    const value = values[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

export function restoreEnvironment(): void {
  setEnvironment(before);
}
