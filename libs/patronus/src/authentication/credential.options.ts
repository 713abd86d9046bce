/** The `credentials` member of the module's options: where a credential may come from. */
export interface CredentialOptions {}
