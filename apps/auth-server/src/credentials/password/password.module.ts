import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import { PasswordSettings } from './argon2.js';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { HashQueue } from './hash-queue.js';
import { ImportedHashDecoy } from './imported-hash-decoy.js';
import { PasswordCredential } from './password-credential.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordStrength } from './password-strength.js';

/** The policy and the hashes of passwords. */
@Module({})
export class PasswordsModule implements OnModuleInit {
  constructor(
    private readonly metrics: PlatformMetrics,
    private readonly hashes: HashQueue,
  ) {}

  onModuleInit(): void {
    const { metrics, hashes } = this;
    metrics.watch('patronus_hashes_running', 'Password hashes that run.', () => hashes.running);
    metrics.watch('patronus_hashes_waiting', 'Password hashes that wait.', () => hashes.waiting);
  }

  static for(settings: PasswordSettings): DynamicModule {
    return {
      module: PasswordsModule,
      global: true,
      imports: [AccountsModule],
      providers: [
        { provide: PasswordSettings, useValue: settings },
        HashQueue,
        ImportedHashDecoy,
        PasswordCredential,
        PasswordHasher,
        PasswordStrength,
        PasswordPolicy,
      ],
      exports: [PasswordCredential, PasswordHasher, PasswordPolicy],
    };
  }
}
