import { randomBytes } from 'node:crypto';

let count = 0;

/** Expectations for one person, derived from the answers to it. */
export class Person {
  address = `person-${(count += 1)}@drill.example`;
  password = newPassword();
  /** Password from before an acknowledged reset. */
  formerPassword;
  /** `new`, `registered`, `confirmed` or, until the link in the mail was used, `resetting`. */
  stage = 'new';
  /** The token of the link that they are about to use. */
  token;
  /** Those that live. */
  sessions = [];
  /** Those that ended, by an answer. */
  ended = [];
  /** The secret of the device of the last login. */
  device;
  /** Last request, while it is unanswered. */
  doing;
  /** Number of mails that were promised to the person, of each kind. */
  mails = { verification: 0, reset: 0 };
  /** Number of passwords that the server refused. */
  refusals = 0;

  /** Ends sessions in the books. */
  end(sessions) {
    this.sessions = this.sessions.filter((one) => !sessions.includes(one));
    this.ended.push(...sessions);
  }

  /** A reset was done. */
  hasPassword(password) {
    if (password === this.password) return;
    this.formerPassword = this.password;
    this.password = password;
    this.stage = 'confirmed';
    this.token = undefined;
    this.end(this.sessions);
  }
}

export function newPassword() {
  return `Dr-${randomBytes(12).toString('base64url')}`;
}
