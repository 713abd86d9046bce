import { programOf } from '../../environment/program.js';
import { RunningProgram } from '../../environment/running-program.js';

/** Built sample in a separate process, as `npm start` runs it. */
export class RunningClinic extends RunningProgram {
  constructor(environment: Readonly<Record<string, string>>) {
    super(environment, programOf('sample'));
  }

  /** The output after the start. */
  welcome(): Promise<string> {
    return this.says(/curl -i \S+\n/);
  }

  async url(): Promise<string> {
    const address = /listens on (\S+)/.exec(await this.welcome())?.[1];
    if (address === undefined) throw new Error('the clinic named no address');
    return address;
  }
}
