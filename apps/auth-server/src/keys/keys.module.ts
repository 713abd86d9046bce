import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Sealer } from '../sealing/sealer.js';
import { KeySet } from './key-set.js';
import { SigningKeyStore } from './signing-key-store.js';

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
