export { PatronusTelemetryModule } from './patronus-telemetry.module.js';
export type { PatronusTelemetryOptions } from './patronus-telemetry.options.js';
