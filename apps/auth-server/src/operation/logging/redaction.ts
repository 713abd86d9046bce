// The only place that prepares errors and addresses for the log. A log line must not contain the values of a
// statement, a request or a mail.

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
  const code = codeOf(error);
  const { cause } = error;
  return {
    type: error.name,
    message: messageOf(error),
    ...(code !== undefined && { code }),
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

/** Describes an error for the log: its kind and its stack, without texts that may repeat the request. */
export function sanitizedStack(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const code = codeOf(error) ?? codeOf(error.cause);
  const kind = code === undefined ? error.name : `${error.name} (${code})`;
  return [kind, framesOf(error)].filter(Boolean).join('\n');
}

/** Describes a failure of a statement without its values, which Drizzle's message contains. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Describes a failure by its codes only: the message of a mail server may quote the mail. */
export function codesOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const parts: unknown[] = [
    error.name,
    Reflect.get(error, 'code'),
    Reflect.get(error, 'responseCode'),
  ];
  return parts.filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
}

/** The code of an error from the operating system or PostgreSQL. */
export function codeOf(error: unknown): string | undefined {
  const has = typeof error === 'object' && error !== null && 'code' in error;
  return has && typeof error.code === 'string' ? error.code : undefined;
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
const TOKENS = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bp(?:rt|ot|cs|sr|dv|ch)_[\w-]{16,}/g;
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
