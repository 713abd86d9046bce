/** Event of an identity provider, as reported by {@link IdentityProvider.observe}. */
export type ProviderEvent =
  | {
      /** The provider could not be reached. Reported once for each outage. */
      readonly type: 'provider_unavailable';
      readonly provider: string;
      readonly issuer: string | undefined;
      /** Reason, for operators. Holds no token and no secret. */
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
      /** New `kid`s (RFC 7517, section 4.5). */
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | {
      /** An issuer is no longer trusted, and neither are its identities. */
      readonly type: 'issuer_removed';
      readonly provider: string;
      readonly issuer: string;
    };
