import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';

type Features = NonNullable<Configuration['features']>;
type DeviceFlow = NonNullable<Features['deviceFlow']>;
type Logout = NonNullable<Features['rpInitiatedLogout']>;

/** The pages that oidc-provider asks for. The room of the pages provides them. */
export abstract class OAuthPages {
  abstract readonly renderError: NonNullable<Configuration['renderError']>;
  abstract readonly renderLogout: NonNullable<Logout['logoutSource']>;
  abstract readonly renderLoggedOut: NonNullable<Logout['postLogoutSuccessSource']>;
  abstract readonly renderDeviceInput: NonNullable<DeviceFlow['userCodeInputSource']>;
  abstract readonly renderDeviceConfirmation: NonNullable<DeviceFlow['userCodeConfirmSource']>;
  abstract readonly renderDeviceDone: NonNullable<DeviceFlow['successSource']>;
  /** Sets the headers of pages that oidc-provider writes itself. */
  abstract readonly middleware: (
    ctx: KoaContextWithOIDC,
    next: () => Promise<void>,
  ) => Promise<void>;
}
