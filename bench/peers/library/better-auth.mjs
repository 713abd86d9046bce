import { AuthModule, Roles } from '@thallesp/nestjs-better-auth';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { admin } from 'better-auth/plugins';
import { createApp } from '../../library/servers/nest-app.mjs';
import { patientsController } from '../../library/servers/route.mjs';

const PERSON = { name: 'Ana Souza', email: 'ana@novah.example', password: 'correct horse battery' };

/** Better Auth with its fastest settings: everything in memory, and the session in a signed cookie. */
export async function start({ adapter }) {
  const tables = { user: [], session: [], account: [], verification: [] };
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: 'a secret of the benchmark, and of nothing else',
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: true, maxAge: 3600 } },
    telemetry: { enabled: false },
    plugins: [admin()],
  });
  const app = await createApp(
    {
      imports: [AuthModule.forRoot({ auth })],
      controllers: [patientsController([Roles(['user'])])],
    },
    adapter,
  );
  const response = await auth.api.signUpEmail({ body: PERSON, asResponse: true });
  const cookie = response.headers.getSetCookie().map((one) => one.split(';', 1)[0]);
  return { app, headers: { cookie: cookie.join('; ') } };
}
