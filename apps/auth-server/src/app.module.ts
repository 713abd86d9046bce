import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { PatronusModule, type PatronusOptions, Revocations } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import type { DestinationStream } from 'pino';
import { PLATFORM_ROLE_PERMISSIONS } from './access/administrators.service.js';
import { FactorPolicies } from './credentials/factor-policies.js';
import { PasswordSettings } from './credentials/password/argon2.js';
import { PasswordsModule } from './credentials/password/password.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { Clock } from './operation/clock.js';
import { DataKeys } from './operation/crypto/data-keys.js';
import type { SealedColumn } from './operation/crypto/earlier-texts.js';
import { Keyring } from './operation/crypto/keyring.js';
import { PlatformDatabase } from './operation/database/database.js';
import { bodyPipe, ProblemFilter } from './operation/http/error.filter.js';
import { LimitsModule } from './operation/limits/rate-limit.guard.js';
import { LoggingModule } from './operation/logging/logging.js';
import { ServerSettings } from './operation/settings/server-settings.js';
import { SEALED_MAILS } from './notifications/mail-queue.js';
import { SigningKeySet, KeysModule } from './sessions/keys/signing-key-set.js';
import { SEALED_SIGNING_KEYS } from './sessions/keys/signing-key.repository.js';
import { RevocationsModule } from './sessions/revocations.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { ConsoleModule, ConsolePagesModule } from './console/console.module.js';
import { HealthIndicators } from './operation/health/health.controller.js';
import { PersonalData } from './operation/personal-data/personal-data.js';
import { RetentionRules } from './operation/retention/retention-rules.js';
import { OperationModule } from './operation/operation.module.js';

declare module '@patronus/nestjs' {
  interface Catalogue {
    platformPermissions: 'clients.read' | 'clients.manage';
    platformRoles: 'END_USER' | 'STAFF' | 'DATA_ADMIN' | 'SYSTEM_ADMIN';
  }
}

/** Configures the guards of the platform's own API: they accept its own tokens, with its own keys. */
function platformAccess(
  { issuer, apiAudience }: ServerSettings,
  keys: SigningKeySet,
  revocations: Revocations,
): PatronusOptions {
  return {
    identityProvider: oidc({
      issuer,
      audience: apiAudience,
      algorithms: ['ES256'],
      requireTyp: 'at+jwt',
      jwks: () => keys.publicJwks(),
    }),
    revocations,
    permissions: { platformRoles: PLATFORM_ROLE_PERMISSIONS },
    coverage: 'enforce',
  };
}

/** Values that every room depends on. */
interface Foundation {
  readonly settings: ServerSettings;
  /** Closed with the server. */
  readonly database: PlatformDatabase;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Provides the foundation and the registries to every room. */
@Module({})
export class FoundationModule {
  static for({ settings, database, keyring, clock }: Foundation): DynamicModule {
    const providers = [
      { provide: ServerSettings, useValue: settings },
      { provide: PlatformDatabase, useValue: database },
      { provide: Keyring, useValue: keyring },
      { provide: Clock, useValue: clock },
      FactorPolicies,
      HealthIndicators,
      PersonalData,
      RetentionRules,
    ];
    return { module: FoundationModule, global: true, providers, exports: providers };
  }
}

/** Values that the application is made from. */
interface Sources extends Omit<Foundation, 'keyring'> {
  readonly keys: DataKeys;
}

/** The columns in which version 0.1 kept encrypted texts. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [SEALED_SIGNING_KEYS, SEALED_MAILS];

@Module({
  imports: [
    // Guards run in the order of their modules: limits come before authentication.
    LimitsModule,
    PatronusModule.forRootAsync({
      imports: [KeysModule, RevocationsModule],
      inject: [ServerSettings, SigningKeySet, Revocations],
      useFactory: platformAccess,
    }),
    OperationModule,
    SignInModule,
    ProfilesModule,
    ConsolePagesModule,
    OAuthModule,
    ConsoleModule,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useValue: bodyPipe },
  ],
})
export class AppModule {
  static on({ keys, ...sources }: Sources, lines?: DestinationStream): DynamicModule {
    const foundation = { ...sources, keyring: keys.keyring };
    const hashing = new PasswordSettings(foundation.settings.hashing);
    return {
      module: AppModule,
      providers: [{ provide: DataKeys, useValue: keys }],
      imports: [
        FoundationModule.for(foundation),
        LoggingModule.for(foundation.settings, lines),
        PasswordsModule.for(hashing),
      ],
    };
  }
}
