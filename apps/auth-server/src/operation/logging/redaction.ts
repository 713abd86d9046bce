/** The logged form of an error. */
interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack: string;
  readonly cause?: LoggedError;
}

/** The maximum number of nested causes. */
const DEEPEST = 3;

/**
 * Reduces an error to the members that may be logged: kind, message, code, stack and cause. Other members may
 * quote the request, such as a malformed body.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error', stack: '' };
  const code: unknown = Reflect.get(error, 'code');
  const { cause } = error;
  return {
    type: error.name,
    message: messageOf(error),
    ...(typeof code === 'string' && { code }),
    stack: framesOf(error),
    ...(cause instanceof Error && depth < DEEPEST && { cause: loggedError(cause, depth + 1) }),
  };
}

/** Replaces messages of syntax errors, which quote the JSON that cannot be parsed. */
function messageOf({ name, message }: Error): string {
  return name === 'SyntaxError' ? 'invalid syntax' : message;
}

/** Returns the stack without its first line, which repeats the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

/** Parameters that explain a request and are not secret. */
const TELLING = new Set(['client_id', 'grant_type', 'prompt', 'response_type', 'scope']);

/** Redacts the address of a request for the log: most parameters keep only their names. */
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

const CENSORED = '[Redacted]';

/** Secrets by their format: JWTs, opaque tokens of the platform, passwords in addresses. */
const TOKENS = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bp[ocr][st]_[\w-]{16,}/g;
const CREDENTIALS = /\b(Bearer|Basic|DPoP) [\w.~+/=-]{8,}/gi;
const USER_INFO = /(:\/\/[^\s/:@"]*:)[^\s/@"]+@/g;
/** Secrets by the name of their member, at any depth of a line of JSON. */
const MEMBERS =
  /("[\w-]*(?:password|secret|token|authorization|cookie|verifier|assertion|(?:device|user)_code)[\w-]*":)"(?:[^"\\]|\\.)*"/gi;

/** The parameters that Drizzle adds to the message of a failed query, in JSON notation. */
const PARAMETERS = /\\nparams: (?:[^"\\]|\\.)*/g;

/** Removes secrets from a line of the log. */
export function withoutSecrets(line: string): string {
  return line
    .replace(MEMBERS, `$1"${CENSORED}"`)
    .replace(PARAMETERS, '')
    .replace(TOKENS, CENSORED)
    .replace(CREDENTIALS, `$1 ${CENSORED}`)
    .replace(USER_INFO, `$1${CENSORED}@`);
}
