/** Variables of other identity services, with what has their place here. The platform does not read them. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  SECRET_KEY: 'MASTER_KEY encrypts the keys of the database',
  JWT_SECRET_KEY: 'tokens are signed with keys in the database, which MASTER_KEY encrypts',
  EMAIL_HOST: 'SMTP_URL names the mail server',
  EMAIL_PORT: 'SMTP_URL names the mail server',
  EMAIL_USE_TLS: 'SMTP_URL names the mail server',
  EMAIL_HOST_USER: 'SMTP_URL contains the user',
  EMAIL_HOST_PASSWORD: 'SMTP_URL contains the password',
  DEFAULT_FROM_EMAIL: 'MAIL_FROM is the sender of mails',
};

/** Returns a line for each variable that an operator may expect to have an effect. Values are not repeated. */
export function unreadVariables(environment: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(REPLACEMENTS)
    .filter(([name]) => (environment[name] ?? '') !== '')
    .map(([name, instead]) => `${name} is set, but has no effect: ${instead}.`);
}
