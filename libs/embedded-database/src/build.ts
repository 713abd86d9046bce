import { keepEmptyCluster } from './empty-cluster.js';

// Last step of the build, so that the first start need not create the files.
await keepEmptyCluster();
