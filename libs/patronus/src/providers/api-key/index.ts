export { ApiKeyIdentityProvider } from './api-key.identity-provider.js';
export type { ApiKeyRecord } from './api-key.record.js';
export { ApiKeyStore } from './api-key.store.js';
export { apiKeys, type ApiKeyOptions } from './api-keys.provider.js';
export { createApiKey, type CreatedApiKey, type NewApiKey } from './create-api-key.js';
export { InMemoryApiKeyStore } from './in-memory.api-key-store.js';
