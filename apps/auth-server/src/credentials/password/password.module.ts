import { type DynamicModule, Module } from '@nestjs/common';
import { PasswordSettings } from './argon2.js';
import { HashQueue } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordStrength } from './password-strength.js';

/** Which passwords are taken, and how they are kept. */
@Module({})
export class PasswordsModule {
  static for(settings: PasswordSettings): DynamicModule {
    return {
      module: PasswordsModule,
      global: true,
      providers: [
        { provide: PasswordSettings, useValue: settings },
        HashQueue,
        PasswordHasher,
        PasswordStrength,
        PasswordPolicy,
      ],
      exports: [HashQueue, PasswordHasher, PasswordPolicy],
    };
  }
}
