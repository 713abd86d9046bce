/** No connection to the server could be made: nothing that the request says can be the reason. */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';
}

/** The server answered, with more than is read. */
export class OversizedAnswerError extends Error {
  override readonly name = 'OversizedAnswerError';
}

/** The server gave a whole answer, which says that it fails. The token may be the reason, or the server. */
export class FailingAnswerError extends Error {
  override readonly name = 'FailingAnswerError';
}

/** Too many questions are asked at once. That says nothing of the server. */
export class CrowdedError extends Error {
  override readonly name = 'CrowdedError';

  constructor() {
    super('too many tokens are waiting to be asked about');
  }
}
