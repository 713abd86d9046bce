/** Causes a fault while a request has a connection, for a few requests only. */
export async function faultFor(client, tenant) {
  const dice = Math.random();
  if (dice < 0.03) await client.query('select pg_sleep(0.002)');
  else if (dice < 0.05) await client.query('select 1 / 0');
  else if (dice < 0.07) throw new Error(`the clinic of mark-${tenant} failed`);
  else if (dice < 0.075) await timeOut(client);
  else if (dice < 0.08) await client.query(`select set_config('app.tenant_id', 'nobody', true)`);
  else if (dice < 0.09) await client.query('select pg_sleep(0.2)');
  else if (dice < 0.1) await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 5));
}

/** A statement that the server cancels. */
async function timeOut(client) {
  await client.query(`set local statement_timeout = '2ms'`);
  await client.query('select pg_sleep(1)');
}
