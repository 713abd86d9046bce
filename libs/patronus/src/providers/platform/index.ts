export type { NetworkOptions } from '../../remote/network.options.js';
export { PlatformRevocations, platformRevocations } from './platform.revocations.js';
export type { PlatformRevocationsOptions } from './platform-revocations.options.js';
