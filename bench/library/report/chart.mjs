const ROW = 26;
const LEFT = 230;
const WIDTH = 760;
const SCALE = WIDTH - LEFT - 60;
const TITLES = { express: 'Express', fastify: 'Fastify' };

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .peer { fill: #8c959f; }
  .own { fill: #0969da; }
  .line { stroke: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .peer { fill: #6e7681; }
    .own { fill: #58a6ff; }
    .line { stroke: #30363d; }
  }`;

/** Bars: each contender's throughput as a share of the same route unguarded. */
export function drawChart(groups) {
  const [{ node }] = groups;
  const shown = groups.filter((group) => group.node === node);
  let top = 0;
  const parts = shown.map((group) => {
    const part = drawGroup(group, top);
    top += part.height;
    return part.svg;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img">`,
    `<title>One guarded route as a share of the same route unguarded</title>`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function drawGroup({ adapter, node, results }, top) {
  const bars = results
    .filter(({ name }) => !name.startsWith('unguarded'))
    .toSorted((one, other) => other.cpuShare - one.cpuShare);
  const title = `${TITLES[adapter]}, Node ${node.version}: share of the unguarded route`;
  const svg = [
    text(8, top + 22, title, 'title'),
    ...bars.map((bar, index) => drawBar(bar, top + 34 + index * ROW)),
    ...[0, 0.5, 1].map((share) => drawLine(share, top + 32, bars.length * ROW)),
  ];
  return { svg: svg.join('\n'), height: 52 + bars.length * ROW };
}

function drawBar({ name, cpuShare }, y) {
  const width = Math.max(1, cpuShare * SCALE);
  const kind = name === 'Patronus' ? 'own' : 'peer';
  return [
    text(8, y + 17, name),
    `<rect class="${kind}" x="${LEFT}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW - 8}" rx="3"/>`,
    text(LEFT + width + 6, y + 17, cpuShare.toFixed(2)),
  ].join('\n');
}

function drawLine(share, y, height) {
  const x = LEFT + share * SCALE;
  return `<line class="line" x1="${x}" x2="${x}" y1="${y}" y2="${y + height}"/>`;
}

function text(x, y, content, kind) {
  const attribute = kind === undefined ? '' : ` class="${kind}"`;
  return `<text x="${x.toFixed(1)}" y="${y}"${attribute}>${content}</text>`;
}
