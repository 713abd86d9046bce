#!/usr/bin/env node
import { Output, survivesClosing } from './output.js';
import { runProgram } from './program.js';

for (const stream of [process.stdout, process.stderr]) survivesClosing(stream);
process.exitCode = await runProgram(process.argv.slice(2), new Output());
