import { keepEmptyCluster } from './empty-cluster.js';

// The last step of the build: the first start need not make it.
await keepEmptyCluster();
