/** No connection to the server could be made: nothing that the request says can be the reason. */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';
}

/** The server answered, with more than is read. */
export class OversizedAnswerError extends Error {
  override readonly name = 'OversizedAnswerError';
}
