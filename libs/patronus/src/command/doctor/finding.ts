/** Severity: nothing to do, worth a look, or the reason why the guard refuses. */
export type Severity = 'ok' | 'warning' | 'error';

/** Result of one check. */
export interface Finding {
  /** Stable code that scripts may rely on. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Action to take. Left out if none is needed. */
  readonly remedy?: string;
}

export function ok(code: string, message: string): Finding {
  return { code, severity: 'ok', message };
}

export function warning(code: string, message: string, remedy: string): Finding {
  return { code, severity: 'warning', message, remedy };
}

export function error(code: string, message: string, remedy: string): Finding {
  return { code, severity: 'error', message, remedy };
}
