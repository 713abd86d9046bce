// Imports modules, one after another, and tells what that took: `import-once.mjs <module>...`.
const began = performance.now();
for (const module of process.argv.slice(2)) await import(module);
const milliseconds = performance.now() - began;
process.send({ milliseconds }, () => process.exit(0));
