import { Identity, type IdentityFields, type Revocation } from '@patronus/nestjs';
import { redisRevocations } from '@patronus/nestjs/redis';

/** Command to this process, which answers under the same number. */
export interface Question {
  readonly number: number;
  readonly isRevoked?: IdentityFields;
  readonly revoke?: Revocation;
  readonly stop?: boolean;
}

export interface Answer {
  readonly number: number;
  readonly answer: string;
}

const revocations = redisRevocations(JSON.parse(process.argv[2] ?? '{}'));

async function answerTo({ isRevoked, revoke, stop }: Question): Promise<string> {
  if (revoke !== undefined) await revocations.revoke(revoke);
  if (stop === true) await revocations.stop();
  if (isRevoked === undefined) return 'done';
  return revocations.isRevoked(new Identity(isRevoked), undefined) ? 'revoked' : 'good';
}

process.on('message', (question: Question) => {
  const { number } = question;
  const send = (answer: string): unknown => process.send?.({ number, answer } satisfies Answer);
  answerTo(question).then(send, (error: unknown) => {
    send(error instanceof Error && 'code' in error ? String(error.code) : 'failed');
  });
});

await revocations.start();
process.send?.({ number: 0, answer: 'ready' } satisfies Answer);
