import { diag } from '@opentelemetry/api';

/** Measures something. What fails in it is told to OpenTelemetry's own log, and denies nobody. */
export function quietly(measure: () => void): void {
  try {
    measure();
  } catch (error) {
    diag.error('Patronus could not be measured.', error);
  }
}
