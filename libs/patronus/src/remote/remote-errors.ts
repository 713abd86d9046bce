/** No connection to the server could be made. The content of the request cannot be the cause. */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';
}

/** The answer of the server exceeds the maximum size. */
export class OversizedAnswerError extends Error {
  override readonly name = 'OversizedAnswerError';
}

/**
 * The server gave a complete answer that reports a failure. The cause may be the token, or the
 * server.
 */
export class FailingAnswerError extends Error {
  override readonly name = 'FailingAnswerError';
}

/** The server refuses this application's own credentials, and says nothing of the caller's token. */
export class RefusedClientError extends Error {
  override readonly name = 'RefusedClientError';

  /** @param remedy - for operators; names the options */
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** Too many questions are asked at once. That says nothing of the server. */
export class CrowdedError extends Error {
  override readonly name = 'CrowdedError';

  constructor() {
    super('too many requests are waiting for the server');
  }
}
