/** An error as it is logged. */
export interface LoggedError {
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
