import { Logger } from '@nestjs/common';
import { failureReason } from '../logging/redaction.js';
import type { DatabaseSession } from './database.js';

/** Runs after a commit. It cannot undo the commit any more, so it must not fail. */
export type CommitHook = () => void;

/** The hooks of each open transaction, and of each savepoint in it. */
const hooksOf = new WeakMap<DatabaseSession, CommitHook[]>();
const logger = new Logger('Database');

/**
 * Lets work of a transaction register what happens after its commit: see {@link afterCommit}. Applies to every
 * transaction that begins on `db`, and to the savepoints in them.
 */
export function watchCommits(db: DatabaseSession): void {
  const begin = db.transaction.bind(db);
  db.transaction = async (work, config) => {
    const hooks: CommitHook[] = [];
    const result = await begin((tx) => during(tx, hooks, work), config);
    for (const hook of hooks) run(hook);
    return result;
  };
}

/**
 * Registers a call for the time after the commit of a transaction. It never comes if the transaction, or the
 * savepoint that registered it, is rolled back.
 *
 * @throws {Error} if `tx` is no open transaction
 */
export function afterCommit(tx: DatabaseSession, hook: CommitHook): void {
  const hooks = hooksOf.get(tx);
  if (hooks === undefined) throw new Error('This needs a transaction of the platform.');
  hooks.push(hook);
}

/** Does the work of a transaction or savepoint, which may register hooks until it ends. */
async function during<Tx extends DatabaseSession, Result>(
  tx: Tx,
  hooks: CommitHook[],
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  hooksOf.set(tx, hooks);
  const save = tx.transaction.bind(tx);
  tx.transaction = async (nested, config) => {
    const inner: CommitHook[] = [];
    const result = await save((step) => during(step, inner, nested), config);
    hooks.push(...inner);
    return result;
  };
  try {
    return await work(tx);
  } finally {
    hooksOf.delete(tx);
  }
}

function run(hook: CommitHook): void {
  try {
    hook();
  } catch (error) {
    logger.error(`Work after a commit failed: ${failureReason(error)}`);
  }
}
