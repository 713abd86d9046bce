import { programOf } from '../../environment/program.js';
import { RunningProgram } from '../../environment/running-program.js';

/** The built platform in a process of its own. */
export class RunningPlatform extends RunningProgram {
  /** @param command the server by default */
  constructor(environment: Readonly<Record<string, string>>, ...command: readonly string[]) {
    super(environment, [...programOf('auth-server'), ...command]);
  }
}
