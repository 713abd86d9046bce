export { EmbeddedCluster } from './embedded-cluster.js';
export { EmbeddedClusterError } from './embedded-cluster.error.js';
export type { EmbeddedClusterOptions } from './embedded-cluster.options.js';
export { keepEmptyCluster } from './empty-cluster.js';
