export type { RunnableStrategy } from '../../authentication/run-strategy.js';
export { PassportIdentityProvider } from './passport.identity-provider.js';
export type { PassportOptions } from './passport.options.js';
export { passport } from './passport.provider.js';
export type { PassportIdentityFields, ToIdentity } from './to-identity.js';
