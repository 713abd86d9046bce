import { RunningProgram } from '../../environment/running-program.js';

/** The built platform in a process of its own. */
export class RunningPlatform extends RunningProgram {
  constructor(environment: Readonly<Record<string, string>>) {
    super(environment, ['apps/auth-server/dist/main.js']);
  }
}
