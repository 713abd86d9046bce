/** What happens to an identity provider, as it tells through {@link IdentityProvider.observe}. */
export type ProviderEvent =
  | {
      /** Nobody could be asked; told once for each outage. */
      readonly type: 'provider_unavailable';
      readonly provider: string;
      readonly issuer: string | undefined;
      /** Why, for operators. Holds no token and no secret. */
      readonly reason: string;
    }
  | {
      readonly type: 'provider_recovered';
      readonly provider: string;
      readonly issuer: string | undefined;
    }
  | {
      /** The issuer signs with other keys than before. */
      readonly type: 'keys_rotated';
      readonly provider: string;
      readonly issuer: string;
      /** `kid`s (RFC 7517, section 4.5) that were not there before. */
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | {
      /** An issuer is not believed any more, and neither are the identities it vouched for. */
      readonly type: 'issuer_removed';
      readonly provider: string;
      readonly issuer: string;
    };
