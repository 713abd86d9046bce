import type { Step } from './start-page.js';

/**
 * Project that a reader of `docs/start.md` creates, with the effect of each command of the page.
 */
export interface Clinic {
  /** `npx @nestjs/cli new …` */
  generate(line: string): Promise<void>;
  /** `npm install …` */
  install(line: string): Promise<void>;
  /** Writes a file of the page. */
  write(path: string, code: string): Promise<void>;
  /** `set -a; . ./.env; set +a` */
  readEnv(): Promise<void>;
  /** Starts a program, and resolves when it prints that it is running. */
  run(program: string): Promise<void>;
  /** Runs `npm start`, with additional settings. */
  restart(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Runs `npm test` and `npm run …`; throws its output if it fails. */
  test(line: string): Promise<void>;
  /** A `curl` command. */
  ask(command: string): Promise<Response>;
  /** Everything that the running application has logged. */
  readonly log: string;
}

/** Text that the page prints, beside the text that was seen. */
export interface Sight {
  readonly printed: string;
  readonly seen: string;
}

const SETTING = /^([A-Z_]+)=(\S+) /;

/** Runs a command line, and returns the answer to a `curl`. */
async function obey(clinic: Clinic, line: string): Promise<Response | undefined> {
  const [, name = '', value = ''] = SETTING.exec(line) ?? [];
  const command = line.replace(SETTING, '');
  if (command.startsWith('curl ')) return clinic.ask(command);
  if (/^npx @nestjs\/cli(?:@\d+)? new /.test(command)) await clinic.generate(command);
  else if (command.startsWith('npm install ')) await clinic.install(command);
  else if (command.startsWith('set -a; ')) await clinic.readEnv();
  else if (command.startsWith('node ')) await clinic.run(command.slice('node '.length));
  else if (command === 'npm start') await clinic.restart(name === '' ? {} : { [name]: value });
  else if (/^npm (?:test$|run )/.test(command)) await clinic.test(command);
  else if (command !== 'cd clinic') throw new Error(`no meaning: ${line}`);
  return undefined;
}

/** Returns the lines of an answer that the page prints: status, some headers, body. */
async function seenOf(response: Response, printed: string): Promise<string> {
  const [head = ''] = printed.split('\n\n', 1);
  const names = head
    .split('\n')
    .slice(1)
    .map((line) => line.split(':', 1)[0] ?? '');
  const headers = names.map((name) => `${name}: ${response.headers.get(name)}`);
  const status = `HTTP/1.1 ${response.status} ${response.statusText}`;
  return `${[status, ...headers].join('\n')}\n\n${await response.text()}`;
}

/**
 * Returns the printed text if a text has all of it in this order, with anything in place of `…`;
 * else the text.
 */
function found(printed: string, text: string): string {
  let from = 0;
  for (const part of printed.split('…')) {
    const at = text.indexOf(part, from);
    if (at < 0) return text;
    from = at + part.length;
  }
  return printed;
}

/** Follows the page from its first step to its last, and returns each text that it prints. */
export async function walk(clinic: Clinic, steps: readonly Step[]): Promise<readonly Sight[]> {
  const sights: Sight[] = [];
  let answer: Response | undefined;
  for (const step of steps) {
    if (step.kind === 'file') await clinic.write(step.path, step.code);
    else if (step.kind === 'command') {
      for (const line of step.lines) answer = await obey(clinic, line);
    } else if (step.kind === 'log') {
      sights.push({ printed: step.text, seen: found(step.text, clinic.log) });
    } else if (answer === undefined) throw new Error(`no request before ${step.text}`);
    else {
      const seen = await seenOf(answer, step.text);
      sights.push({
        printed: step.text,
        seen: step.text.includes('…') ? found(step.text, seen) : seen,
      });
    }
  }
  return sights;
}
