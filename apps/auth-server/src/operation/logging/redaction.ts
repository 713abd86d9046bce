// The only place that makes errors and addresses fit for the log. What a statement, a request or a mail
// was about must not stand in one.

/** An error as it is logged. */
interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack: string;
  readonly cause?: LoggedError;
}

/** A cause of a cause of a cause says enough. */
const DEEPEST = 3;

/**
 * What of an error may stand in a log: its kind, its message, where it happened, and why. Its other
 * members may quote a request, such as the body that could not be read.
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

/** JSON that cannot be read is quoted. */
function messageOf({ name, message }: Error): string {
  return name === 'SyntaxError' ? 'something cannot be read' : message;
}

/** Without the first line, which repeats the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

/** Describes an error for the log: its kind and its stack, without texts that may repeat the request. */
export function withoutTexts(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const code = codeOf(error) ?? codeOf(error.cause);
  const kind = code === undefined ? error.name : `${error.name} (${code})`;
  return [kind, framesOf(error)].filter(Boolean).join('\n');
}

/** Why a statement failed, without what it was about: Drizzle's message has the values in it. */
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

/** The code of an error, as systems and PostgreSQL give it. */
export function codeOf(error: unknown): string | undefined {
  const has = typeof error === 'object' && error !== null && 'code' in error;
  return has && typeof error.code === 'string' ? error.code : undefined;
}

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
