export type { RouteSecurity } from './route-security.js';
export { createSecuredDocument } from './secured-document.js';
