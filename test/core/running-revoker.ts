import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { IdentityFields, Revocation } from '@patronus/nestjs';
import type { RedisRevocationsOptions } from '@patronus/nestjs/redis';
import type { Answer, Question } from './revoking-process.js';

const PROGRAM = fileURLToPath(new URL('revoking-process.ts', import.meta.url));
const HOOKS = new URL('../environment/typescript.hooks.mjs', import.meta.url).href;

/** Revocations in a separate process. */
export class RunningRevoker {
  private number = 0;
  private readonly waiting = new Map<number, (answer: string) => void>();
  private readonly exit: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.exit = once(child, 'exit');
    child.on('message', ({ number, answer }: Answer) => {
      this.waiting.get(number)?.(answer);
      this.waiting.delete(number);
    });
  }

  static async start(options: RedisRevocationsOptions): Promise<RunningRevoker> {
    const execArgv = ['--import', HOOKS, '--no-warnings'];
    const revoker = new RunningRevoker(fork(PROGRAM, [JSON.stringify(options)], { execArgv }));
    await revoker.answerOf(0);
    return revoker;
  }

  isRevoked(isRevoked: IdentityFields): Promise<string> {
    return this.ask({ isRevoked });
  }

  revoke(revoke: Revocation): Promise<string> {
    return this.ask({ revoke });
  }

  /** Stops only the revocations: the process must end by itself. */
  async stop(): Promise<void> {
    await this.ask({ stop: true });
    await this.letGo();
  }

  /** Stops nothing: the process must end by itself in any case. */
  async letGo(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.exit;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private ask(question: Omit<Question, 'number'>): Promise<string> {
    this.number += 1;
    const answer = this.answerOf(this.number);
    this.child.send({ ...question, number: this.number } satisfies Question);
    return answer;
  }

  private answerOf(number: number): Promise<string> {
    const answer = new Promise<string>((resolve) => this.waiting.set(number, resolve));
    const ended = this.exit.then(() => {
      throw new Error('the process ended');
    });
    return Promise.race([answer, ended]);
  }
}
