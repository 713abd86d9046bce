import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNotNull } from 'drizzle-orm';
import { Clock } from '../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import { PlatformError } from '../operation/http/errors.js';
import { type OneTimePurpose, oneTimeTokens } from './sign-in.table.js';

/** Seconds in which the second post of a form counts as a double click. */
const RECEIPT_TTL = 60;

/** Creates the id of a form, which only the browser keeps that shows the form. */
export function newFormId(): string {
  return randomBytes(32).toString('base64url');
}

const FORM_ID = /^[\w-]{43}$/;

/**
 * Identifies a post by the id of its form and its fields. The id is the key, so that a stored mark reveals
 * no field, and that no other browser can make the same mark. Undefined without an id.
 */
export function formMark(
  formId: string | undefined,
  fields: readonly (string | undefined)[],
): string | undefined {
  if (formId === undefined || !FORM_ID.test(formId)) return undefined;
  return createHmac('sha256', formId).update(JSON.stringify(fields)).digest('base64url');
}

/** The result of a form. */
interface Receipt {
  readonly purpose: OneTimePurpose;
  /** Undefined if the form has no id. Then there is no receipt. */
  readonly mark: string | undefined;
  readonly accountId?: string | undefined;
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * The results of forms that were posted a moment ago. Pages run no scripts, so a double click posts a form
 * twice, and a browser shows only the second answer: it must be the same as the first.
 */
@Injectable()
export class FormReceipts {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
  ) {}

  /** Keeps a receipt in the transaction of its form. */
  async keep(tx: DatabaseSession, { purpose, mark, accountId, data = {} }: Receipt): Promise<void> {
    if (mark === undefined) return;
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + RECEIPT_TTL * 1000);
    const times = { createdAt: now, usedAt: now, expiresAt };
    await tx
      .insert(oneTimeTokens)
      .values({ hash: mark, purpose, accountId, data, ...times })
      .onConflictDoUpdate({ target: oneTimeTokens.hash, set: times });
  }

  /** Finds the receipt of a form that was posted within the last minute. */
  async find(session: DatabaseSession, mark: string | undefined) {
    if (mark === undefined) return undefined;
    const [row] = await session
      .select({ accountId: oneTimeTokens.accountId, data: oneTimeTokens.data })
      .from(oneTimeTokens)
      .where(
        and(
          eq(oneTimeTokens.hash, mark),
          isNotNull(oneTimeTokens.usedAt),
          gt(oneTimeTokens.expiresAt, this.clock.now()),
        ),
      );
    return row;
  }

  /**
   * Returns the result of `use`. If the link is used up, and the same form has used it a moment ago, returns
   * the result of `again`.
   *
   * @throws the error of `use`
   */
  async unlessRepeated<Result>(
    mark: string | undefined,
    use: () => Promise<Result>,
    again: (receipt: FoundReceipt) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await use();
    } catch (error) {
      const isUsed = error instanceof PlatformError && error.code === 'link_invalid';
      const receipt = isUsed ? await this.find(this.database.db, mark) : undefined;
      if (receipt === undefined) throw error;
      return again(receipt);
    }
  }
}

type FoundReceipt = NonNullable<Awaited<ReturnType<FormReceipts['find']>>>;
