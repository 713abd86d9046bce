export { PatronusHealthIndicator } from './patronus.health-indicator.js';
