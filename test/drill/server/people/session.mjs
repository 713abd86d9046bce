/** A login of a person, with what they hold of it. */
export class Session {
  /** The refresh token before the current one, and when it was exchanged. */
  former;

  constructor({ accessToken, refreshToken }) {
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
  }

  advance({ accessToken, refreshToken }) {
    this.former = { token: this.refreshToken, at: performance.now() };
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
  }
}
