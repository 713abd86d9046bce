// Loaded before an application that `npm start` runs: it ends with its parent, however that ends.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel.unref();

// The parent is gone: an application that shuts down must not fail on a line of its log.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
