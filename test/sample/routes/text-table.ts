/** Hand-written table: rows of cells between bars, under a row of names. */
export class TextTable {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, string>>;

  constructor(text: string) {
    const [head = [], ...body] = text.trim().split('\n').map(cellsOf);
    this.columns = head.slice(1);
    this.rows = new Map(body.map(([name = '', ...cells]) => [name, this.rowOf(cells)]));
  }

  cell(row: string, column: string): string {
    const cell = this.rows.get(row)?.get(column);
    if (cell === undefined) throw new Error(`the table has no cell "${row}" / "${column}"`);
    return cell;
  }

  private rowOf(cells: readonly string[]): ReadonlyMap<string, string> {
    if (cells.length !== this.columns.length) throw new Error(`a row is ragged: ${cells.join()}`);
    return new Map(cells.map((cell, index) => [this.columns[index] ?? '', cell]));
  }
}

function cellsOf(line: string): string[] {
  return line.split('|').map((cell) => cell.trim());
}
