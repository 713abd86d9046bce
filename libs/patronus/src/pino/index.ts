export { patronusPino } from './patronus-pino.js';
