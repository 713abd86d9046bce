/** How bad it is: nothing to do, look at it, or the guard refuses because of it. */
export type Severity = 'ok' | 'warning' | 'error';

/** One thing that was looked at. */
export interface Finding {
  /** Stable: scripts may rely on it. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** What to do; only where there is something to do. */
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
