import { Module, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../operation/clock.js';
import { Sealer } from '../../operation/crypto/sealer.js';
import { HealthIndicators } from '../../operation/health/health.controller.js';
import { KeySet } from './key-set.js';
import { SigningKeyStore } from './signing-key.repository.js';
import { SIGNING_ALGORITHMS } from './signing-keys.table.js';

@Module({
  providers: [
    SigningKeyStore,
    {
      provide: KeySet,
      inject: [SigningKeyStore, Sealer, Clock],
      useFactory: (store: SigningKeyStore, sealer: Sealer, clock: Clock) =>
        KeySet.open(store, sealer, clock),
    },
  ],
  exports: [KeySet],
})
export class KeysModule implements OnModuleInit {
  constructor(
    private readonly keys: KeySet,
    private readonly health: HealthIndicators,
  ) {}

  onModuleInit(): void {
    this.health.register('keys', async () => {
      for (const algorithm of SIGNING_ALGORITHMS) this.keys.signingKey(algorithm);
    });
  }
}
