import type { MailDraft } from '../../../apps/auth-server/src/notifications/account-mails.js';

/** A mail of one line. */
export function mailDraft(text: string, subject = 'Hello', to = 'ana@example.com'): MailDraft {
  return { to, write: () => ({ subject, lines: [text], ending: 'Bye.' }) };
}
