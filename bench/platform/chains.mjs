/** Refresh tokens that wait for their use. What was under way when a burst ended does not come back. */
export function chainsOf(tokens) {
  const waiting = [...tokens];
  return {
    take() {
      const token = waiting.shift();
      if (token === undefined) throw new Error('No refresh token is left: prepare more.');
      return token;
    },
    give(token) {
      waiting.push(token);
    },
  };
}
