const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$/;

/** 3 to 32 letters, digits, dots, underscores and hyphens of ASCII: never taken for an e-mail address. */
export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}

/** One spelling for all of a username. */
export function usernameKey(username: string): string {
  return username.trim().toLowerCase();
}
