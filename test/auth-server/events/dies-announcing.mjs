// `node --import <this file> main.js` with `OUTBOX`, the URL of the module of `EventOutbox`: a server that is killed
// after it has committed a revoked token, and before it tells anything of it.
import 'reflect-metadata';

const { EventOutbox } = await import(process.env.OUTBOX);
const { announce } = EventOutbox.prototype;

EventOutbox.prototype.announce = function announceOrDie(events) {
  if (events.some(({ type }) => type === 'token.revoked')) process.kill(process.pid, 'SIGKILL');
  announce.call(this, events);
};
