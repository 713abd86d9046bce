import { platformRevocations } from '@patronus/nestjs/platform';

/** Receives revocations of the platform until its parent says something, and then stops. */
const revocations = platformRevocations(JSON.parse(process.argv[2] ?? '{}'));
await revocations.start();
process.once('message', () => {
  void revocations.stop().then(() => process.disconnect());
});
process.send?.('ready');
