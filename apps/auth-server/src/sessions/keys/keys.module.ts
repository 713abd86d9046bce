import { Module } from '@nestjs/common';
import { Clock } from '../../operation/clock.js';
import { Sealer } from '../../operation/crypto/sealer.js';
import { KeySet } from './key-set.js';
import { SigningKeyStore } from './signing-key.repository.js';

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
export class KeysModule {}
