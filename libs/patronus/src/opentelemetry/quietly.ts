import { diag } from '@opentelemetry/api';

/** Runs a measurement. An error in it goes to OpenTelemetry's own log, and denies no request. */
export function quietly(measure: () => void): void {
  try {
    measure();
  } catch (error) {
    diag.error('Patronus could not be measured.', error);
  }
}
