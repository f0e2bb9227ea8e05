const SERVER = Symbol.for('lienthong.test.postgres');

/** Stops the server that the set-up started, if it started one, and deletes its data. */
export default async function tearDown() {
  const server = globalThis[SERVER];
  if (server === undefined) return;
  delete globalThis[SERVER];
  delete process.env.LIENTHONG_TEST_POSTGRES;
  await server.remove();
}
