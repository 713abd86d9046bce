const CENSORED = '[Redacted]';

/** What is a secret by its look: a JWT, an opaque token of ours, a password in an address. */
const TOKENS = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bp[ocr][st]_[\w-]{16,}/g;
const CREDENTIALS = /\b(Bearer|Basic|DPoP) [\w.~+/=-]{8,}/gi;
const USER_INFO = /(:\/\/[^\s/:@"]*:)[^\s/@"]+@/g;
/** What is a secret by its name, at any depth of a line, which is JSON. */
const MEMBERS =
  /("[\w-]*(?:password|secret|token|authorization|cookie|verifier|assertion|(?:device|user)_code)[\w-]*":)"(?:[^"\\]|\\.)*"/gi;

/** What Drizzle adds to the message of a query that failed, as JSON writes it. */
const PARAMETERS = /\\nparams: (?:[^"\\]|\\.)*/g;

/** A line of the log without what must never stand in one, whoever wrote it. */
export function withoutSecrets(line: string): string {
  return line
    .replace(MEMBERS, `$1"${CENSORED}"`)
    .replace(PARAMETERS, '')
    .replace(TOKENS, CENSORED)
    .replace(CREDENTIALS, `$1 ${CENSORED}`)
    .replace(USER_INFO, `$1${CENSORED}@`);
}
