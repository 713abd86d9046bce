// `fork` this with the TypeScript hooks: runs the commands that it is sent, one after the other, in one
// process. For commands that keep nothing: starting a process for each takes longer than they do.
import { runProgram } from '../../libs/patronus/src/command/program.ts';
import { Output } from '../../libs/patronus/src/command/output.ts';

function caught(stream) {
  const original = stream.write;
  const parts = [];
  stream.write = (part) => parts.push(part) > 0;
  return () => {
    stream.write = original;
    return parts.join('');
  };
}

async function serve(args) {
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)];
  const code = await runProgram(args, new Output());
  process.send({ code, stdout: stdout(), stderr: stderr() });
}

process.on('message', (args) => void serve(args));
