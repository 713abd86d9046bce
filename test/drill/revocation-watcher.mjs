// Says when it sees that a session is revoked, as a guard would see it.
import { Identity } from '@patronus/nestjs';
import { redisRevocations } from '@patronus/nestjs/redis';

const revocations = redisRevocations(JSON.parse(process.argv[2]));
await revocations.start();
process.send('ready');

process.on('message', ({ lookOutFor: sessionId }) => {
  const identity = new Identity({
    id: 'ana',
    issuer: 'https://issuer.example',
    provider: 'drill',
    sessionId,
    expiresAt: Date.now() / 1000 + 300,
  });
  process.send('looking out');
  const look = () => {
    if (!revocations.isRevoked(identity, undefined)) setImmediate(look);
    else process.send({ at: performance.timeOrigin + performance.now() });
  };
  look();
});
process.on('disconnect', () => process.exit(0));
