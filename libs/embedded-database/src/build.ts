import { keepEmptyCluster } from './empty-cluster.js';

// The last step of the build, so that the first start does not create it.
await keepEmptyCluster();
