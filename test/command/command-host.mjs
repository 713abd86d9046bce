// `fork` this with the TypeScript hooks: runs the commands that it is sent, one after the other, in one
// process. For commands that keep nothing: starting a process for each takes longer than they do.
import { Readable } from 'node:stream';
import { runProgram } from '../../libs/patronus/src/command/program.ts';
import { Output } from '../../libs/patronus/src/command/output.ts';

// A command that has loaded an application ends the process: here the next one is waiting.
process.exit = () => undefined;

function caught(stream) {
  const original = stream.write;
  const parts = [];
  stream.write = (part, done) => {
    parts.push(part);
    if (typeof done === 'function') done();
    return true;
  };
  return () => {
    stream.write = original;
    return parts.join('');
  };
}

async function serve({ args, input }) {
  Object.defineProperty(process, 'stdin', { value: Readable.from([input]), configurable: true });
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)];
  const code = await runProgram(args, new Output());
  process.send({ code, stdout: stdout(), stderr: stderr() });
}

process.on('message', (message) => void serve(message));
