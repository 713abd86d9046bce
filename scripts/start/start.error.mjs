/** Why it does not start. Its message is one line, for who typed `npm start`. */
export class StartError extends Error {
  name = 'StartError';
}
