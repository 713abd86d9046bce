import type { FileCoverage, Totals } from 'istanbul-lib-coverage';

/** Shares of a room that the tests have to execute, in percent. */
const LEAST = { lines: 95, functions: 95, branches: 90 };
const KINDS = ['lines', 'functions', 'branches'] as const;

/** A folder of which each folder is a room, or which is one room. */
export interface House {
  readonly path: string;
  readonly isRoom?: boolean;
}

type Shares = Readonly<Record<(typeof KINDS)[number], number>>;
/** A file by its path in the repository. */
type CoveredFile = readonly [path: string, coverage: FileCoverage];

export interface Room {
  readonly name: string;
  readonly files: readonly CoveredFile[];
  /** What the tests executed of it, in percent. */
  readonly shares: Shares;
}

/** Adds up the files of each room. */
export function roomsOf(files: readonly CoveredFile[], houses: readonly House[]): readonly Room[] {
  const rooms = new Map<string, CoveredFile[]>();
  for (const file of files) {
    const name = roomOf(file[0], houses);
    rooms.set(name, [...(rooms.get(name) ?? []), file]);
  }
  return Array.from(rooms, ([name, inside]) => ({
    name,
    files: inside,
    shares: sharesOf(inside.map(([, coverage]) => coverage)),
  })).toSorted((one, other) => one.name.localeCompare(other.name));
}

/** `libs/patronus/src/tenancy` for a file in it; the house for the files that are in no room. */
function roomOf(path: string, houses: readonly House[]): string {
  const house = houses.find((one) => path.startsWith(`${one.path}/`));
  if (house === undefined) throw new Error(`${path} is in no house.`);
  const [room, ...rest] = path.slice(house.path.length + 1).split('/');
  return house.isRoom === true || rest.length === 0 ? house.path : `${house.path}/${room}`;
}

function sharesOf(files: readonly FileCoverage[]): Shares {
  const summaries = files.map((file) => file.toSummary().data);
  const shareOf = (kind: keyof Shares) => {
    const sum = (count: keyof Omit<Totals, 'pct'>) =>
      summaries.reduce((total, summary) => total + summary[kind][count], 0);
    return sum('total') === 0 ? 100 : (100 * sum('covered')) / sum('total');
  };
  return { lines: shareOf('lines'), functions: shareOf('functions'), branches: shareOf('branches') };
}

/** Returns a line with the shares of a room that are too small, and one for each file that lacks something. */
export function shortfallsOf({ name, files, shares }: Room): readonly string[] {
  const low = KINDS.filter((kind) => shares[kind] < LEAST[kind]);
  if (low.length === 0) return [];
  const said = low.map(
    (kind) => `${shares[kind].toFixed(1)} % of ${kind} (at least ${LEAST[kind]} %)`,
  );
  return [`${name}: ${said.join(', ')}`, ...files.flatMap(missingIn)];
}

function missingIn([path, file]: CoveredFile): readonly string[] {
  const { fnMap, branchMap } = file;
  const functions = Object.entries(file.f).filter(([, count]) => count === 0);
  const branches = Object.entries(file.b).filter(([, counts]) => counts.includes(0));
  const lines = {
    lines: file.getUncoveredLines().map(Number),
    functions: functions.map(([key]) => fnMap[key]?.decl.start.line),
    branches: branches.map(([key]) => branchMap[key]?.loc.start.line),
  };
  const said = KINDS.filter((kind) => lines[kind].length > 0);
  if (said.length === 0) return [];
  return [`  ${path}: ${said.map((kind) => `${kind} ${lines[kind].join(' ')}`).join('; ')}`];
}
