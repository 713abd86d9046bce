import 'reflect-metadata';
import { checkGuarded } from './guarded.js';
import { checkRefused } from './refused.js';

/** Calls each application, that of the README first: `main.js <the file of its AppModule>`. */
async function main(): Promise<void> {
  const { AppModule } = await import(process.argv[2] ?? '');
  await checkRefused(AppModule);
  await checkGuarded();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
