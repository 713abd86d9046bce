import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';

type Features = NonNullable<Configuration['features']>;
type DeviceFlow = NonNullable<Features['deviceFlow']>;

/** The pages that oidc-provider asks for. The console provides them. */
export abstract class OAuthPages {
  /** Renders any error, with its status and headers. */
  abstract renderProblem(ctx: KoaContextWithOIDC, error: unknown): Promise<void>;
  abstract renderLogout(ctx: KoaContextWithOIDC): void;
  abstract renderLoggedOut(ctx: KoaContextWithOIDC): void;
  abstract renderDeviceInput(
    ...input: Parameters<NonNullable<DeviceFlow['userCodeInputSource']>>
  ): void;
  abstract renderDeviceConfirmation(
    ...input: Parameters<NonNullable<DeviceFlow['userCodeConfirmSource']>>
  ): void;
  abstract renderDeviceDone(ctx: KoaContextWithOIDC): void;
  /** Sets the headers of pages that oidc-provider writes itself. */
  abstract middleware(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void>;
}
