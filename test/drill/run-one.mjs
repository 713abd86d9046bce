const name = process.argv[2];
const { run } = await import(`./drills/${name}.mjs`);
const rows = await run((what) => console.log(`             ${what}`));
process.send(rows, () => process.exit(0));
