import { startProgram } from './program.mjs';
import { say } from './say.mjs';

/** Programs that end together: as soon as one does, whyever, the others are stopped. */
export function company() {
  const programs = [];
  const ending = new AbortController();
  const ended = Promise.withResolvers();

  async function end(code) {
    if (ending.signal.aborted) return;
    ending.abort();
    await Promise.all(programs.map((program) => program.stop()));
    ended.resolve(code);
  }

  async function endWith(name, program) {
    const code = await program.ended;
    if (!ending.signal.aborted) say('start', `The ${name} ended with ${code}.`);
    await end(code);
  }

  return {
    /** Aborted as soon as they are to end. */
    ending: ending.signal,
    /** The exit code of the one that ended first, or what `end` was called with. */
    ended: ended.promise,
    /** Stops all. Only the first call counts. */
    end,
    /**
     * Runs a program, whose lines are printed behind its name.
     *
     * @throws {DOMException} AbortError, where they are to end already
     */
    start(name, main, env, onLine = () => undefined) {
      ending.signal.throwIfAborted();
      const program = startProgram(main, env, (line) => {
        say(name, line);
        onLine(line);
      });
      programs.push(program);
      void endWith(name, program);
    },
  };
}
