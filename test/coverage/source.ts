import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { type Node, parse } from 'acorn';
import { convert } from 'ast-v8-to-istanbul';
import type { CoverageMapData } from 'istanbul-lib-coverage';
import { SWC_OPTIONS } from '../environment/typescript.hooks.mjs';
import { rangesOf } from './executed.js';

/** A source and its JavaScript, which is what V8 counts. */
export class Source {
  private constructor(
    readonly path: string,
    readonly code: string,
    private readonly map: string,
  ) {}

  /** Compiles a source as Jest and the processes of tests do. */
  static compile(path: string): Source {
    const options = { ...SWC_OPTIONS, filename: path, sourceMaps: true };
    const { code, map = '' } = transformSync(readFileSync(path, 'utf8'), options);
    return new Source(path, code, map);
  }

  /**
   * Returns its lines, functions and branches, as Istanbul describes them.
   *
   * @param counts the number of times that each character of the JavaScript was executed
   */
  coverageOf(counts: Float64Array): Promise<CoverageMapData> {
    const functions = [{ functionName: '', isBlockCoverage: true, ranges: rangesOf(counts) }];
    return convert({
      code: this.code,
      sourceMap: JSON.parse(this.map),
      ast: parse(this.code, { ecmaVersion: 'latest', sourceType: 'module' }),
      coverage: { url: pathToFileURL(this.path).href, functions },
      ignoreNode: isTypeForDecorator,
    });
  }
}

/** Returns true for `typeof X === "undefined" ? Object : X`, the type of a parameter for a decorator. */
function isTypeForDecorator(node: Node, kind: string): boolean {
  const { type, consequent } = Object(node);
  return kind === 'branch' && type === 'ConditionalExpression' && consequent.name === 'Object';
}
